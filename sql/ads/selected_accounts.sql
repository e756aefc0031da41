-- The accounts whose spend is wanted, a row for each connection that reaches it (one without any), the best first: one
-- that works, whose person wants it read, whose person brought it, that lives longest. A person who left is not asked.
SELECT a.account_id, a.name, a.currency, a.timezone, a.status, a.last_synced_at, a.last_error, a.tags_read_at, a.look_back_days, a.reads_ads,
       c.id AS connection_id, c.user_id, c.problem,
       CASE WHEN c.state = 'connected' THEN c.token END AS token,
       EXISTS (SELECT FROM ad_statistics d
               WHERE d.platform = a.platform AND d.account_id = a.account_id) AS has_rows
FROM ad_accounts a
LEFT JOIN (facebook_account_links l
           JOIN facebook_connections c ON c.id = l.connection_id
           JOIN traffic_users u ON u.id = c.user_id AND u.is_active)
       ON l.platform = a.platform AND l.account_id = a.account_id
WHERE a.is_selected AND a.platform = 'facebook'
ORDER BY a.account_id, (c.state = 'connected') DESC NULLS LAST, l.is_selected DESC, (c.user_id = a.owner_user_id) DESC,
         c.expires_at DESC NULLS FIRST, c.id
