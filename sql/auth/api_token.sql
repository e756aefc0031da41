-- The active user behind a token made for a program, while it is neither revoked nor expired.
SELECT k.id AS token_id, k.scopes, k.last_used_at, u.id AS user_id, u.email, u.full_name, u.role, u.locale,
       u.team_id, t.slug AS team_slug, t.name AS team_name
FROM api_tokens k
JOIN traffic_users u ON u.id = k.user_id AND u.is_active
LEFT JOIN traffic_teams t ON t.id = u.team_id
WHERE k.token_hash = :token_hash AND k.revoked_at IS NULL AND k.expires_at > now()
