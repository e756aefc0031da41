-- Every known campaign, or those of one account, with the team its spend belongs to.
SELECT c.id, c.campaign_id AS external_id, c.account_id, c.name, t.slug AS team_slug,
       c.is_split AND NOT c.locked AS is_split
FROM ad_campaigns c
LEFT JOIN traffic_teams t ON t.id = c.team_id
WHERE CAST(:account_id AS text) IS NULL OR c.account_id = :account_id
ORDER BY c.id
