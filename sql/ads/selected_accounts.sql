-- The accounts whose spend is wanted, each with its owner's encrypted token. A person who left is no longer asked.
SELECT a.account_id, a.name, a.currency, a.timezone, a.status, a.owner_user_id, a.last_synced_at, a.last_error,
       s.fb_access_token AS token,
       EXISTS (SELECT FROM ad_statistics d
               WHERE d.platform = a.platform AND d.account_id = a.account_id) AS has_rows
FROM ad_accounts a
LEFT JOIN traffic_users u ON u.id = a.owner_user_id AND u.is_active
LEFT JOIN traffic_targetologist_settings s ON s.user_id = u.id
WHERE a.is_selected AND a.platform = 'facebook'
ORDER BY a.account_id
