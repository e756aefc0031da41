-- An active user whose password was right a moment ago.
SELECT u.id AS user_id, u.email, u.full_name, u.role, u.locale, u.password_hash, u.is_active,
       u.team_id, t.slug AS team_slug, t.name AS team_name
FROM traffic_users u
LEFT JOIN traffic_teams t ON t.id = u.team_id
WHERE u.id = CAST(:user_id AS uuid) AND u.is_active
