-- The confirmation behind a token, while it may still be used and its person is active.
SELECT c.id, c.user_id, c.channel, c.address, u.locale, u.email AS login
FROM contact_confirmations c
JOIN traffic_users u ON u.id = c.user_id AND u.is_active
WHERE c.token_hash = :token_hash AND c.channel = :channel AND c.used_at IS NULL AND c.expires_at > now()
