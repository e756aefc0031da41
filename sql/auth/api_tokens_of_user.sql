-- The tokens of a user that still stand, the newest first.
SELECT id, name, beginning, scopes, created_at, expires_at, last_used_at
FROM api_tokens
WHERE user_id = CAST(:user_id AS uuid) AND revoked_at IS NULL AND expires_at > now()
ORDER BY created_at DESC, id
