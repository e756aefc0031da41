-- All users this viewer may know, by e-mail.
SELECT u.id, u.email, u.full_name, u.role, u.locale, u.is_active, u.team_id, t.slug AS team_slug
FROM traffic_users u
LEFT JOIN traffic_teams t ON t.id = u.team_id
ORDER BY u.email
