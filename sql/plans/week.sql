-- The plans of a week with what was reached in it, in the currency of each plan: every active team the viewer may know,
-- others when they have a plan.
SELECT t.id AS team_id, t.slug, t.name, t.color, t.emoji, p.id, p.version, coalesce(p.currency, 'KZT') AS currency,
       p.plan_revenue, p.plan_sales, p.plan_spend, p.plan_roas, p.plan_cpa, f.*
FROM traffic_teams t
LEFT JOIN traffic_weekly_plans p ON p.team_id = t.id AND p.week_start = CAST(:week AS date)
CROSS JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(r.spend) THEN coalesce(sum(r.spend), 0) END AS spend,
           CASE WHEN count(*) = count(r.revenue) THEN coalesce(sum(r.revenue), 0) END AS revenue,
           coalesce(sum(r.express_sales), 0) AS express_sales, coalesce(sum(r.main_sales), 0) AS main_sales,
           coalesce(sum(r.other_sales), 0) AS other_sales
    FROM report_figures(CAST(:week AS date), CAST(:week AS date) + 6, 'sale', coalesce(p.currency, 'KZT')) r
    WHERE r.team_id = t.id) f
WHERE (t.is_active OR p.id IS NOT NULL) AND (CAST(:team AS text) IS NULL OR t.slug = CAST(:team AS text))
ORDER BY t.created_at, t.slug
