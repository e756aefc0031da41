-- A refresh token that could not be used: is it known, when was it used, and was its successor used already?
SELECT r.id, r.family, r.user_id, r.revoked_at, r.expires_at <= now() AS is_expired, r.used_at IS NOT NULL AS is_used,
       r.used_at > now() - make_interval(secs => :grace_seconds) AS is_recent,
       EXISTS (SELECT FROM refresh_tokens c WHERE c.parent_id = r.id AND c.used_at IS NOT NULL) AS successor_is_used
FROM refresh_tokens r
WHERE r.token_hash = :token_hash
