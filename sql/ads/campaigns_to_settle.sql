-- Every campaign, or those of one account, that attribution may move, with what was decided last.
SELECT c.id, c.campaign_id, c.account_id, c.name, t.slug AS team_slug, c.attribution_method, c.rule_id, c.reason,
       c.candidates, c.is_split
FROM ad_campaigns c
LEFT JOIN traffic_teams t ON t.id = c.team_id
WHERE NOT c.locked AND (CAST(:account_id AS text) IS NULL OR c.account_id = :account_id)
ORDER BY c.id
