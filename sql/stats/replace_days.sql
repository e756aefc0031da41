-- Makes traffic_stats of whole days equal to what their sources say; answers how many rows went and how many changed.
-- Unknown stays unknown: spend is NULL when a part of it has no rate (or is not known itself), impressions and clicks
-- when the platform left them out. Amounts are KZT; a sale whose amount is not known in KZT counts without money,
-- a further payment of a sale brings money and is no sale more.
WITH wanted AS (
    SELECT DISTINCT d.day FROM unnest(CAST(:days AS date[])) AS d (day)
), rated AS (
    SELECT w.day, r.usd_to_kzt AS rate, COALESCE(r.rate_date < w.day OR e.is_carried, false) AS is_carried
    FROM wanted w
    LEFT JOIN LATERAL rate_on(w.day) r ON true
    LEFT JOIN exchange_rates e ON e.date = r.rate_date
), others AS (
    -- Neither dollars nor tenge: by the National Bank's rate of that currency on that day.
    SELECT k.day, k.currency, r.kzt_for_one
    FROM (SELECT DISTINCT stat_date AS day, currency FROM ad_statistics
          WHERE level = 'campaign' AND stat_date = ANY (CAST(:days AS date[])) AND currency NOT IN ('USD', 'KZT')) k
    CROSS JOIN LATERAL currency_rate_on(k.day, k.currency) r
), spent AS (
    -- A campaign that was handed on belongs to each team on its own days; one that nobody tracks does not count.
    SELECT a.stat_date AS day, CASE WHEN c.is_split AND NOT c.locked THEN p.team_id ELSE c.team_id END AS team_id,
           c.id AS campaign_id, a.impressions, a.clicks,
           CASE WHEN a.spend = 0 THEN 0 WHEN a.currency = 'USD' THEN a.spend
                WHEN a.currency = 'KZT' THEN a.spend / r.rate ELSE a.spend * o.kzt_for_one / r.rate END AS usd,
           CASE WHEN a.spend = 0 THEN 0 WHEN a.currency = 'KZT' THEN a.spend
                WHEN a.currency = 'USD' THEN a.spend * r.rate ELSE a.spend * o.kzt_for_one END AS kzt
    FROM ad_statistics a
    JOIN rated r ON r.day = a.stat_date
    LEFT JOIN others o ON o.day = a.stat_date AND o.currency = a.currency
    LEFT JOIN ad_campaigns c ON c.platform = a.platform AND c.campaign_id = a.object_id
    LEFT JOIN ad_campaign_periods p ON p.campaign_id = c.id AND a.stat_date BETWEEN p.first_day AND p.last_day
    WHERE a.level = 'campaign' AND a.stat_date = ANY (CAST(:days AS date[])) AND c.is_tracked IS NOT FALSE
), sold AS (
    SELECT s.sale_day AS day, s.team_id, s.campaign_id, s.product, s.payment_of IS NULL AS is_sale,
           CASE WHEN s.currency = 'KZT' THEN s.sale_amount END AS kzt
    FROM all_sales_tracking s
    WHERE NOT s.is_reversed AND s.sale_day = ANY (CAST(:days AS date[]))
), parts AS (
    SELECT day, team_id, campaign_id,
           CASE WHEN count(*) = count(usd) THEN sum(usd) END AS spend_usd,
           CASE WHEN count(*) = count(kzt) THEN sum(kzt) END AS spend_kzt,
           CASE WHEN count(*) = count(impressions) THEN sum(impressions) END AS impressions,
           CASE WHEN count(*) = count(clicks) THEN sum(clicks) END AS clicks,
           0 AS leads, 0 AS registrations, 0 AS express_sales, 0 AS main_sales, 0 AS other_sales,
           0 AS sales_without_amount, 0 AS express_kzt, 0 AS main_kzt, 0 AS all_kzt
    FROM spent GROUP BY day, team_id, campaign_id
    UNION ALL
    SELECT lead_day, team_id, campaign_id, 0, 0, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0
    FROM lead_tracking WHERE lead_day = ANY (CAST(:days AS date[]))
    GROUP BY lead_day, team_id, campaign_id
    UNION ALL
    SELECT created_day, team_id, campaign_id, 0, 0, 0, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0
    FROM amocrm_deals WHERE is_registration AND created_day = ANY (CAST(:days AS date[]))
    GROUP BY created_day, team_id, campaign_id
    UNION ALL
    SELECT day, team_id, campaign_id, 0, 0, 0, 0, 0, 0,
           count(*) FILTER (WHERE is_sale AND product = 'express'),
           count(*) FILTER (WHERE is_sale AND product = 'flagman'),
           count(*) FILTER (WHERE is_sale AND product NOT IN ('express', 'flagman')), count(*) FILTER (WHERE kzt IS NULL),
           COALESCE(sum(kzt) FILTER (WHERE product = 'express'), 0),
           COALESCE(sum(kzt) FILTER (WHERE product = 'flagman'), 0), COALESCE(sum(kzt), 0)
    FROM sold GROUP BY day, team_id, campaign_id
), sums AS (
    SELECT day, team_id, campaign_id,
           CASE WHEN count(*) = count(spend_usd) THEN sum(spend_usd) END AS spend_usd,
           CASE WHEN count(*) = count(spend_kzt) THEN sum(spend_kzt) END AS spend_kzt,
           CASE WHEN count(*) = count(impressions) THEN sum(impressions) END AS impressions,
           CASE WHEN count(*) = count(clicks) THEN sum(clicks) END AS clicks,
           sum(leads) AS leads, sum(registrations) AS registrations, sum(express_sales) AS express_sales,
           sum(main_sales) AS main_sales, sum(other_sales) AS other_sales,
           sum(sales_without_amount) AS sales_without_amount,
           sum(express_kzt) AS express_kzt, sum(main_kzt) AS main_kzt, sum(all_kzt) AS all_kzt
    FROM parts GROUP BY day, team_id, campaign_id
), fresh AS MATERIALIZED (
    SELECT s.*, t.name AS team, r.rate, r.is_carried,
           CASE WHEN s.express_kzt = 0 THEN 0 ELSE s.express_kzt / r.rate END AS express_usd,
           CASE WHEN s.main_kzt = 0 THEN 0 ELSE s.main_kzt / r.rate END AS main_usd,
           CASE WHEN s.all_kzt = 0 THEN 0 ELSE s.all_kzt / r.rate END AS all_usd
    FROM sums s
    JOIN rated r ON r.day = s.day
    LEFT JOIN traffic_teams t ON t.id = s.team_id
), gone AS (
    DELETE FROM traffic_stats o
    WHERE o.stat_date = ANY (CAST(:days AS date[]))
      AND NOT EXISTS (SELECT FROM fresh f
                      WHERE f.day = o.stat_date AND f.team_id IS NOT DISTINCT FROM o.team_id
                        AND f.campaign_id IS NOT DISTINCT FROM o.campaign_id)
    RETURNING 1
), kept AS (
    INSERT INTO traffic_stats AS o (
        stat_date, team_id, campaign_id, team, spend_usd, spend_kzt, usd_to_kzt_rate, rate_is_carried, impressions,
        clicks, leads, registrations, express_sales, main_sales, other_sales, sales_without_amount,
        revenue_express_kzt, revenue_main_kzt, revenue_kzt, revenue_express_usd, revenue_main_usd, revenue_usd)
    SELECT day, team_id, campaign_id, team, spend_usd, spend_kzt, rate, is_carried, impressions,
           clicks, leads, registrations, express_sales, main_sales, other_sales, sales_without_amount,
           express_kzt, main_kzt, all_kzt, express_usd, main_usd, all_usd
    FROM fresh
    ON CONFLICT (stat_date, team_id, campaign_id) DO UPDATE SET
        team = excluded.team, spend_usd = excluded.spend_usd, spend_kzt = excluded.spend_kzt,
        usd_to_kzt_rate = excluded.usd_to_kzt_rate, rate_is_carried = excluded.rate_is_carried,
        impressions = excluded.impressions, clicks = excluded.clicks, leads = excluded.leads,
        registrations = excluded.registrations, express_sales = excluded.express_sales,
        main_sales = excluded.main_sales, other_sales = excluded.other_sales,
        sales_without_amount = excluded.sales_without_amount,
        revenue_express_kzt = excluded.revenue_express_kzt, revenue_main_kzt = excluded.revenue_main_kzt,
        revenue_kzt = excluded.revenue_kzt, revenue_express_usd = excluded.revenue_express_usd,
        revenue_main_usd = excluded.revenue_main_usd, revenue_usd = excluded.revenue_usd, calculated_at = now()
    WHERE (o.team, o.spend_usd, o.spend_kzt, o.usd_to_kzt_rate, o.rate_is_carried, o.impressions, o.clicks, o.leads,
           o.registrations, o.express_sales, o.main_sales, o.other_sales, o.sales_without_amount,
           o.revenue_express_kzt, o.revenue_main_kzt, o.revenue_kzt, o.revenue_express_usd, o.revenue_main_usd,
           o.revenue_usd)
          IS DISTINCT FROM
          (excluded.team, excluded.spend_usd, excluded.spend_kzt, excluded.usd_to_kzt_rate, excluded.rate_is_carried,
           excluded.impressions, excluded.clicks, excluded.leads, excluded.registrations, excluded.express_sales,
           excluded.main_sales, excluded.other_sales, excluded.sales_without_amount, excluded.revenue_express_kzt,
           excluded.revenue_main_kzt, excluded.revenue_kzt, excluded.revenue_express_usd, excluded.revenue_main_usd,
           excluded.revenue_usd)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) AS gone, (SELECT count(*) FROM kept) AS kept
