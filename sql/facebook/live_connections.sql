-- Connections that work, of people who are active; those that were looked at longest ago first.
SELECT c.id, c.user_id, c.kind, c.facebook_user_id, c.name, c.token, c.scopes, c.declined, c.expires_at,
       c.data_access_expires_at, c.state, c.problem, c.problem_at, c.connected_at, c.checked_at, c.listed_at
FROM facebook_connections c
JOIN traffic_users u ON u.id = c.user_id AND u.is_active
WHERE c.state = 'connected' AND c.token IS NOT NULL
ORDER BY c.checked_at NULLS FIRST, c.id
