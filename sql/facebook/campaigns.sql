-- The campaigns of the accounts a person reaches, as far as the viewer may see them.
SELECT c.campaign_id, c.account_id, a.name AS account_name, c.name, c.objective, c.status, c.effective_status,
       c.is_tracked, t.slug AS team
FROM ad_campaigns c
JOIN ad_accounts a ON a.platform = c.platform AND a.account_id = c.account_id
LEFT JOIN traffic_teams t ON t.id = c.team_id
WHERE c.platform = 'facebook'
  AND EXISTS (SELECT FROM facebook_account_links l
              WHERE l.platform = c.platform AND l.account_id = c.account_id
                AND l.user_id = CAST(:user_id AS uuid))
  AND (CAST(:account_id AS text) IS NULL OR c.account_id = :account_id)
ORDER BY lower(c.name), c.campaign_id
