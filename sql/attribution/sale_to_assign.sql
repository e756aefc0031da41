-- A sale as it stands, for whoever assigns it by hand.
SELECT s.id, s.deal_id, s.sale_day, s.lead_day, s.team_id, s.team_name, t.slug AS team_slug, s.attribution_method,
       s.confidence, s.rule_id, s.reason, s.candidates, s.locked
FROM all_sales_tracking s
LEFT JOIN traffic_teams t ON t.id = s.team_id
WHERE s.id = CAST(:sale_id AS uuid)
