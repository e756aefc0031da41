-- The days, old and new, on which statistics count moved sales.
SELECT DISTINCT day
FROM rerun_moved_sales
CROSS JOIN LATERAL (VALUES (sale_day), (former_lead_day), (lead_day)) AS days (day)
WHERE day IS NOT NULL
  AND (former_team, former_campaign_id, former_lead_day) IS DISTINCT FROM (team_id, campaign_id, lead_day)
