-- A half-finished sign-in that may still be answered.
SELECT id, user_id, attempts
FROM sign_in_challenges
WHERE token_hash = :token_hash AND ended_at IS NULL AND expires_at > now()
