-- The active users of a team, by e-mail.
SELECT u.id, u.email, u.full_name, u.role, u.locale, u.is_active, u.team_id, t.slug AS team_slug
FROM traffic_users u
JOIN traffic_teams t ON t.id = u.team_id
WHERE u.team_id = CAST(:team_id AS uuid) AND u.is_active
ORDER BY u.email
