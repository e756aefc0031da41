-- Campaigns, the five UTM marks and attribution coverage of a period, as tagged JSON rows from one moment.
-- Amounts travel as text: JSON numbers would lose their decimals.
WITH figures AS MATERIALIZED (
    SELECT f.*
    FROM report_figures(CAST(:first_day AS date), CAST(:last_day AS date), CAST(:basis AS text), CAST(:currency AS text)) f
    LEFT JOIN ad_campaigns c ON c.id = f.campaign_id
    WHERE CASE WHEN CAST(:all_teams AS boolean) THEN true
               WHEN f.team_id IS NULL THEN CAST(:with_unattributed AS boolean)
               ELSE f.team_id = ANY (CAST(:team_ids AS uuid[])) END
      AND (CAST(:all_campaigns AS boolean) OR c.campaign_id = ANY (CAST(:campaign_ids AS text[])))
), campaigns AS (
    SELECT c.campaign_id AS id, c.name, c.team_id,
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
    LEFT JOIN ad_campaigns c ON c.id = f.campaign_id
    GROUP BY c.campaign_id, c.name, c.team_id
), sales AS (
    SELECT s.team_id, s.attribution_method, s.reason, s.product, s.sale_amount, s.landing_lead_id,
           s.payment_of IS NULL AS is_sale,
           CASE WHEN s.sale_amount IS NULL THEN 0
                WHEN CAST(:currency AS text) = 'USD' THEN s.sale_amount / s.usd_to_kzt_rate
                ELSE s.sale_amount END AS money,
           -- A deal without marks of its own shows those of the lead that explains it.
           COALESCE(s.utm_source, s.utm_medium, s.utm_campaign, s.utm_content, s.utm_term) IS NOT NULL AS has_marks,
           s.utm_source, s.utm_medium, s.utm_campaign, s.utm_content, s.utm_term
    FROM all_sales_tracking s
    LEFT JOIN ad_campaigns c ON c.id = s.campaign_id
    WHERE NOT s.is_reversed
      AND CASE CAST(:basis AS text) WHEN 'lead' THEN s.lead_day ELSE s.sale_day END
          BETWEEN CAST(:first_day AS date) AND CAST(:last_day AS date)
      AND CASE WHEN CAST(:all_teams AS boolean) THEN true
               WHEN s.team_id IS NULL THEN CAST(:with_unattributed AS boolean)
               ELSE s.team_id = ANY (CAST(:team_ids AS uuid[])) END
      AND (CAST(:all_campaigns AS boolean) OR c.campaign_id = ANY (CAST(:campaign_ids AS text[])))
), touches AS (
    SELECT l.team_id, 1 AS leads, 0 AS express_sales, 0 AS main_sales, 0 AS other_sales, 0 AS sales_without_amount, 0 AS money,
           ARRAY[l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term] AS marks
    FROM lead_tracking l
    LEFT JOIN ad_campaigns c ON c.id = l.campaign_id
    WHERE l.lead_day BETWEEN CAST(:first_day AS date) AND CAST(:last_day AS date)
      AND CASE WHEN CAST(:all_teams AS boolean) THEN true
               WHEN l.team_id IS NULL THEN CAST(:with_unattributed AS boolean)
               ELSE l.team_id = ANY (CAST(:team_ids AS uuid[])) END
      AND (CAST(:all_campaigns AS boolean) OR c.campaign_id = ANY (CAST(:campaign_ids AS text[])))
    UNION ALL
    SELECT s.team_id, 0, (s.is_sale AND s.product = 'express')::int, (s.is_sale AND s.product = 'flagman')::int,
           (s.is_sale AND s.product NOT IN ('express', 'flagman'))::int, (s.sale_amount IS NULL)::int, s.money,
           CASE WHEN s.has_marks OR l.id IS NULL
                THEN ARRAY[s.utm_source, s.utm_medium, s.utm_campaign, s.utm_content, s.utm_term]
                ELSE ARRAY[l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term] END
    FROM sales s
    LEFT JOIN landing_leads l ON l.id = s.landing_lead_id
), marks AS (
    SELECT m.position, m.value, array_agg(DISTINCT t.team_id) FILTER (WHERE t.team_id IS NOT NULL) AS team_ids,
           sum(t.leads) AS leads, sum(t.express_sales) AS express_sales, sum(t.main_sales) AS main_sales,
           sum(t.other_sales) AS other_sales, sum(t.sales_without_amount) AS sales_without_amount,
           CASE WHEN count(*) = count(t.money) THEN sum(t.money) END AS revenue
    FROM touches t
    CROSS JOIN LATERAL unnest(t.marks) WITH ORDINALITY AS m (value, position)
    GROUP BY m.position, m.value
)
SELECT 'campaign' AS kind, jsonb_build_object(
    'id', id, 'name', name, 'team_id', team_id, 'spend', spend::text, 'revenue', revenue::text,
    'express_revenue', express_revenue::text, 'main_revenue', main_revenue::text, 'leads', leads,
    'registrations', registrations, 'express_sales', express_sales, 'main_sales', main_sales, 'other_sales', other_sales,
    'sales_without_amount', sales_without_amount, 'impressions', impressions, 'clicks', clicks) AS row
FROM campaigns
UNION ALL
SELECT 'mark', jsonb_build_object(
    'position', position, 'value', value, 'team_ids', COALESCE(team_ids, '{}'), 'leads', leads,
    'express_sales', express_sales, 'main_sales', main_sales, 'other_sales', other_sales,
    'sales_without_amount', sales_without_amount, 'revenue', revenue::text)
FROM marks
UNION ALL
SELECT 'coverage', jsonb_build_object(
    'method', attribution_method, 'reason', CASE WHEN team_id IS NULL THEN reason END, 'sales',
    count(*) FILTER (WHERE is_sale), 'money',
    CASE WHEN count(*) = count(money) THEN sum(money) END::text)
FROM sales
GROUP BY attribution_method, CASE WHEN team_id IS NULL THEN reason END
