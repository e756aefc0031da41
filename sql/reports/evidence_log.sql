-- What happened to a sale, the oldest first. Users and teams are named only where the viewer may know them.
SELECT g.created_at, g.action_type, CASE WHEN (SELECT viewer_sees_all()) THEN g.team_name ELSE t.name END AS team_name,
       u.email AS user_email
FROM sales_activity_log g
LEFT JOIN traffic_teams t ON t.name = g.team_name
LEFT JOIN traffic_users u ON u.id = g.user_id
WHERE g.sale_id = CAST(:sale_id AS uuid)
ORDER BY g.created_at, g.id
