-- Accounts whose last reading failed, for each person who wants to hear of it, with where that person is told things.
SELECT l.user_id, u.locale, a.account_id, a.name, a.last_error, a.last_synced_at,
       CASE WHEN coalesce(s.email_enabled, true) THEN coalesce(s.notification_email, u.email) END AS email,
       CASE WHEN s.telegram_enabled AND s.telegram_problem IS NULL THEN s.notification_telegram END AS telegram
FROM facebook_account_links l
JOIN ad_accounts a ON a.platform = l.platform AND a.account_id = l.account_id AND a.is_selected
                  AND a.last_error IS NOT NULL
JOIN traffic_users u ON u.id = l.user_id AND u.is_active
LEFT JOIN traffic_targetologist_settings s ON s.user_id = u.id
WHERE l.tells_failure AND l.is_selected
GROUP BY l.user_id, u.id, a.id, s.user_id
ORDER BY l.user_id, lower(a.name), a.account_id
