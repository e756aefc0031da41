-- The periods of the campaigns, or those of one account, that belong to several teams in turn.
SELECT p.campaign_id, p.first_day, p.last_day, t.slug AS team_slug, p.attribution_method, p.rule_id, p.reason,
       p.candidates
FROM ad_campaign_periods p
LEFT JOIN traffic_teams t ON t.id = p.team_id
WHERE CAST(:account_id AS text) IS NULL OR p.campaign_id IN (SELECT id FROM ad_campaigns WHERE account_id = :account_id)
ORDER BY p.campaign_id, p.first_day
