-- The newest imports.
SELECT i.id, i.kind, i.file_name, i.size, i.status, i.counts, i.run_id, i.created_at, i.applied_at, i.undone_at,
       coalesce(u.full_name, u.email, '') AS created_by
FROM imports i
LEFT JOIN traffic_users u ON u.id = i.created_by
ORDER BY i.created_at DESC, i.id
LIMIT :how_many
