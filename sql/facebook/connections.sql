-- Connections as far as the viewer may see them: of one user, one of them, or all; the newest first.
SELECT c.id, c.user_id, c.kind, c.facebook_user_id, c.name, c.token, c.scopes, c.declined, c.expires_at,
       c.data_access_expires_at, c.state, c.problem, c.problem_at, c.connected_at, c.checked_at, c.listed_at
FROM facebook_connections c
WHERE (CAST(:user_id AS uuid) IS NULL OR c.user_id = CAST(:user_id AS uuid))
  AND (CAST(:connection_id AS uuid) IS NULL OR c.id = CAST(:connection_id AS uuid))
ORDER BY c.connected_at DESC, c.id
