-- How many admins there would be without one user.
SELECT count(*) AS admins
FROM traffic_users u
WHERE u.role = 'admin' AND u.is_active AND u.id <> CAST(:user_id AS uuid)
