-- Who changed a thing last, by the audit log.
SELECT a.happened_at, coalesce(nullif(u.full_name, ''), u.email) AS name
FROM audit_log a
LEFT JOIN traffic_users u ON u.id = a.user_id
WHERE a.object_type = :object_type AND a.object_id = :object_id
ORDER BY a.id DESC
LIMIT 1
