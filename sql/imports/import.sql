-- One import without its file, and who made it.
SELECT i.id, i.kind, i.file_name, i.size, i.encoding, i.separator, i.header, i.columns, i.constants, i.month_first,
       i.decimal_comma, i.status, i.preview, i.counts, i.run_id, i.version, i.created_at, i.updated_at, i.applied_at,
       i.undone_at, coalesce(u.full_name, u.email, '') AS created_by, coalesce(e.full_name, e.email, '') AS updated_by,
       i.content IS NOT NULL AS has_content
FROM imports i
LEFT JOIN traffic_users u ON u.id = i.created_by
LEFT JOIN traffic_users e ON e.id = i.updated_by
WHERE i.id = CAST(:id AS uuid)
