-- Standing sales and payments of a period by the path of touches that led to each: the attributed leads of the person in
-- the look-back, and the own marks when they decided. Paths of one team need no times; without any the teams are empty.
WITH sale AS MATERIALIZED (
    SELECT s.id, s.payment_of IS NULL AS is_sale, coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key,
           s.sale_date, CASE WHEN s.attribution_method NOT IN ('person_match', 'manual') THEN t.slug END AS own_team,
           coalesce(d.created_at, s.sale_date) AS own_at,
           CASE WHEN s.sale_amount IS NULL THEN 0
                WHEN CAST(:currency AS text) = 'USD' THEN s.sale_amount / s.usd_to_kzt_rate
                ELSE s.sale_amount END AS money
    FROM all_sales_tracking s
    LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
    LEFT JOIN traffic_teams t ON t.id = s.team_id
    LEFT JOIN ad_campaigns c ON c.id = s.campaign_id
    WHERE NOT s.is_reversed
      AND CASE CAST(:basis AS text) WHEN 'lead' THEN s.lead_day ELSE s.sale_day END
          BETWEEN CAST(:first_day AS date) AND CAST(:last_day AS date)
      AND (CAST(:all_campaigns AS boolean) OR c.campaign_id = ANY (CAST(:campaign_ids AS text[])))
), bounds AS (
    SELECT min(sale_date) - make_interval(days => CAST(:look_back_days AS integer)) AS first_at,
           max(sale_date) + interval '1 second' AS last_at
    FROM sale
), touch AS MATERIALIZED (
    SELECT p.person_key, p.at, p.team FROM bounds b JOIN person_touches p ON p.at BETWEEN b.first_at AND b.last_at
), met AS (
    SELECT s.id, t.at, t.team
    FROM sale s
    JOIN touch t ON t.person_key = s.person_key AND t.at < s.sale_date + interval '1 second'
                AND t.at >= s.sale_date - make_interval(days => CAST(:look_back_days AS integer))
    UNION ALL
    SELECT id, own_at, own_team FROM sale WHERE own_team IS NOT NULL
), path AS (
    SELECT id, CASE WHEN min(team) = max(team) THEN ARRAY[min(team)] ELSE array_agg(team ORDER BY at, team) END AS teams,
           CASE WHEN min(team) < max(team) THEN array_agg(at ORDER BY at, team) END AS moments
    FROM met
    GROUP BY id
)
SELECT coalesce(p.teams, '{}') AS teams, p.moments, count(*) FILTER (WHERE s.is_sale) AS sales,
       CASE WHEN count(*) = count(s.money) THEN round(sum(s.money), 6) END AS money
FROM sale s
LEFT JOIN path p ON p.id = s.id
GROUP BY p.teams, p.moments
