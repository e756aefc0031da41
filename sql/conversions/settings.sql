-- What teams arranged about sending sales back, of one team or of all the viewer may see.
SELECT c.team_id, t.slug AS team, c.is_on, c.dataset_id, c.token, c.event_name, c.test_code, c.since, c.problem,
       c.version, c.updated_at, coalesce(u.full_name, u.email) AS updated_by
FROM conversion_settings c
JOIN traffic_teams t ON t.id = c.team_id
LEFT JOIN traffic_users u ON u.id = c.updated_by
WHERE CAST(:team AS text) IS NULL OR t.slug = :team
ORDER BY t.slug
