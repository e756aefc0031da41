-- Every stored token with whom it is encrypted for, held until the transaction ends.
SELECT id, user_id, token
FROM facebook_connections
WHERE token IS NOT NULL
ORDER BY id
FOR UPDATE
