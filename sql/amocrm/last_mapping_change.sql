-- Who changed the mapping last, and when.
SELECT a.happened_at, coalesce(u.full_name, u.email, '') AS who
FROM audit_log a
LEFT JOIN traffic_users u ON u.id = a.user_id
WHERE a.action = 'amocrm.mapped'
ORDER BY a.id DESC
LIMIT 1
