-- Where the person of a connection is told things: language, and the address and the Telegram chat that are in use.
SELECT c.id, c.user_id, c.name, c.expires_at, u.locale,
       CASE WHEN coalesce(s.email_enabled, true) THEN coalesce(s.notification_email, u.email) END AS email,
       CASE WHEN s.telegram_enabled AND s.telegram_problem IS NULL THEN s.notification_telegram END AS telegram
FROM facebook_connections c
JOIN traffic_users u ON u.id = c.user_id AND u.is_active
LEFT JOIN traffic_targetologist_settings s ON s.user_id = u.id
WHERE c.id = CAST(:connection_id AS uuid)
