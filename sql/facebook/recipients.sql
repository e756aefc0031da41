-- Where the person of a connection is told things: address, language, and the Telegram chat when there is one.
SELECT c.id, c.user_id, c.name, c.expires_at, u.locale, coalesce(s.notification_email, u.email) AS email,
       s.notification_telegram AS telegram
FROM facebook_connections c
JOIN traffic_users u ON u.id = c.user_id AND u.is_active
LEFT JOIN traffic_targetologist_settings s ON s.user_id = u.id
WHERE c.id = CAST(:connection_id AS uuid)
