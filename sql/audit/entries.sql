-- Entries of the audit log, the newest first, with the address of whoever did it.
SELECT a.id, a.happened_at, a.user_id, u.email AS user_email, a.action, a.object_type, a.object_id, a.before, a.after,
       host(a.address) AS address, a.request_id
FROM audit_log a
LEFT JOIN traffic_users u ON u.id = a.user_id
WHERE (CAST(:user_id AS uuid) IS NULL OR a.user_id = CAST(:user_id AS uuid))
  AND (CAST(:who AS text) IS NULL
       OR a.user_id IN (SELECT w.id FROM traffic_users w
                        WHERE w.email ILIKE CAST(:who AS text) OR w.full_name ILIKE CAST(:who AS text)))
  AND (CAST(:action AS text) IS NULL OR a.action = :action)
  AND (CAST(:object_type AS text) IS NULL OR a.object_type = :object_type)
  AND (CAST(:object_id AS text) IS NULL OR a.object_id = :object_id)
  AND (CAST(:address AS inet) IS NULL OR a.address = CAST(:address AS inet))
  AND (CAST(:since AS timestamptz) IS NULL OR a.happened_at >= CAST(:since AS timestamptz))
  AND (CAST(:until AS timestamptz) IS NULL OR a.happened_at < CAST(:until AS timestamptz))
  AND (CAST(:before AS bigint) IS NULL OR a.id < :before)
ORDER BY a.id DESC
LIMIT :row_limit
