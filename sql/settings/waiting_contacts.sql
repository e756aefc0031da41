-- Addresses a person still has to confirm, the newest of each channel.
SELECT DISTINCT ON (channel) id, channel, address, expires_at
FROM contact_confirmations
WHERE user_id = CAST(:user_id AS uuid) AND used_at IS NULL AND expires_at > now()
ORDER BY channel, created_at DESC
