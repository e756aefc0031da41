-- The figures of the dashboard from one moment, told apart by "slice":
-- 'day' (day, team) of the period, 'campaign' of the period, 'previous' (team) of the period before,
-- 'rank' (team) of the period without the team filter, when :with_rank.
WITH figures AS MATERIALIZED (
    SELECT f.*, f.day >= CAST(:first_day AS date) AS is_current,
           CASE WHEN CAST(:all_teams AS boolean) THEN true
                WHEN f.team_id IS NULL THEN CAST(:with_unattributed AS boolean)
                ELSE f.team_id = ANY (CAST(:team_ids AS uuid[])) END AS is_chosen
    FROM report_figures(LEAST(CAST(:previous_first AS date), CAST(:first_day AS date)), CAST(:last_day AS date),
                        CAST(:basis AS text), CAST(:currency AS text)) f
    LEFT JOIN ad_campaigns c ON c.id = f.campaign_id
    WHERE (f.day >= CAST(:first_day AS date) OR f.day <= CAST(:previous_last AS date))
      AND (CAST(:all_campaigns AS boolean) OR c.campaign_id = ANY (CAST(:campaign_ids AS text[])))
), sliced AS (
    SELECT CASE WHEN GROUPING(f.day) = 0 THEN 'day' WHEN GROUPING(f.campaign_id) = 0 THEN 'campaign' ELSE 'previous' END AS slice,
           f.is_current, f.day, f.team_id, f.campaign_id,
           CASE WHEN count(*) = count(f.spend) THEN sum(f.spend) END AS spend,
           CASE WHEN count(*) = count(f.revenue) THEN sum(f.revenue) END AS revenue,
           CASE WHEN count(*) = count(f.express_revenue) THEN sum(f.express_revenue) END AS express_revenue,
           CASE WHEN count(*) = count(f.main_revenue) THEN sum(f.main_revenue) END AS main_revenue,
           sum(f.leads) AS leads, sum(f.registrations) AS registrations,
           sum(f.express_sales) AS express_sales, sum(f.main_sales) AS main_sales, sum(f.other_sales) AS other_sales,
           sum(f.sales_without_amount) AS sales_without_amount,
           CASE WHEN count(*) = count(f.impressions) THEN sum(f.impressions) END AS impressions,
           CASE WHEN count(*) = count(f.clicks) THEN sum(f.clicks) END AS clicks
    FROM figures f
    WHERE f.is_chosen
    GROUP BY GROUPING SETS ((f.is_current, f.day, f.team_id), (f.is_current, f.campaign_id), (f.is_current, f.team_id))
)
SELECT s.slice, s.day, s.team_id, c.campaign_id AS campaign, c.name AS campaign_name, c.team_id AS campaign_team_id,
       s.spend, s.revenue, s.express_revenue, s.main_revenue, s.leads, s.registrations,
       s.express_sales, s.main_sales, s.other_sales, s.sales_without_amount, s.impressions, s.clicks
FROM sliced s
LEFT JOIN ad_campaigns c ON c.id = s.campaign_id
WHERE CASE s.slice WHEN 'previous' THEN NOT s.is_current ELSE s.is_current END
UNION ALL
SELECT 'rank', NULL, f.team_id, NULL, NULL, NULL,
       CASE WHEN count(*) = count(f.spend) THEN sum(f.spend) END,
       CASE WHEN count(*) = count(f.revenue) THEN sum(f.revenue) END,
       0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM figures f
WHERE CAST(:with_rank AS boolean) AND f.is_current AND f.team_id IS NOT NULL
GROUP BY f.team_id
