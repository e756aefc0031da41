-- The active user behind an access token, while the chain of refresh tokens it was issued with still stands.
SELECT CAST(:family AS uuid) AS session_id, u.id AS user_id, u.email, u.full_name, u.role, u.locale,
       u.team_id, t.slug AS team_slug, t.name AS team_name
FROM traffic_users u
LEFT JOIN traffic_teams t ON t.id = u.team_id
WHERE u.id = :user_id
  AND u.is_active
  AND EXISTS (SELECT FROM refresh_tokens r
              WHERE r.family = :family AND r.user_id = u.id AND r.revoked_at IS NULL AND r.expires_at > now())
