-- One plan, held until the transaction ends.
SELECT p.id, p.team_id, t.slug, p.week_start, p.currency, p.version, p.plan_revenue, p.plan_sales, p.plan_spend,
       p.plan_roas, p.plan_cpa
FROM traffic_weekly_plans p
JOIN traffic_teams t ON t.id = p.team_id
WHERE p.id = CAST(:id AS uuid)
FOR UPDATE OF p
