-- Everything a user is signed in with: browsers and API token families, the latest use first.
SELECT id, 'browser' AS kind, created_at, last_seen_at, expires_at, user_agent, host(address) AS address
FROM user_sessions
WHERE user_id = :user_id AND revoked_at IS NULL AND expires_at > now()
UNION ALL
SELECT family, 'api', min(created_at), max(created_at), max(expires_at), '', NULL
FROM refresh_tokens
WHERE user_id = :user_id AND revoked_at IS NULL AND expires_at > now()
GROUP BY family
ORDER BY last_seen_at DESC
