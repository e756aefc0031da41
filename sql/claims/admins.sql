-- Everybody who decides about claims.
SELECT id, email, full_name, role, locale, is_active, team_id, NULL AS team_slug
FROM traffic_users
WHERE role = 'admin' AND is_active
ORDER BY email
