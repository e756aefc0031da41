-- A link that may still be used, and whose password it sets.
SELECT l.id, l.kind, u.id AS user_id, u.email, u.locale
FROM account_links l
JOIN traffic_users u ON u.id = l.user_id AND u.is_active
WHERE l.token_hash = :token_hash AND l.used_at IS NULL AND l.expires_at > now()
