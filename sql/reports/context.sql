-- What a report needs besides its figures: the first day of data, teams, rates of the period, what is missing.
-- :date_from NULL means "from the first day there is".
WITH period AS (
    SELECT COALESCE(CAST(:date_from AS date), (SELECT min(stat_date) FROM traffic_stats), CAST(:date_to AS date)) AS first_day,
           CAST(:date_to AS date) AS last_day
), days AS (
    SELECT d.day::date AS day, r.usd_to_kzt, r.rate_date,
           COALESCE(e.is_carried, true) AS is_carried
    FROM period p
    CROSS JOIN LATERAL generate_series(p.first_day, p.last_day, interval '1 day') AS d (day)
    LEFT JOIN LATERAL rate_on(d.day::date) r ON true
    LEFT JOIN exchange_rates e ON e.date = d.day::date
)
SELECT p.first_day,
       (SELECT version FROM data_version) AS data_version,
       (SELECT jsonb_build_array(h.goal::text, h.pays_back::text, h.weak::text) FROM verdict_thresholds h) AS thresholds,
       (SELECT min(stat_date) FROM traffic_stats) AS first_figure,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'color', t.color,
                                                     'emoji', t.emoji, 'is_active', t.is_active)
                                  ORDER BY t.created_at, t.slug), '[]')
        FROM traffic_teams t) AS teams,
       (SELECT COALESCE(jsonb_agg(jsonb_build_array(d.day, d.usd_to_kzt::text, d.is_carried) ORDER BY d.day), '[]')
        FROM days d) AS rates,
       (SELECT COALESCE(jsonb_agg(a.name ORDER BY a.name), '[]')
        FROM ad_accounts a WHERE a.is_selected AND a.last_error IS NOT NULL) AS failed_accounts,
       (SELECT COALESCE(jsonb_object_agg(r.reason, r.sales), '{}')
        FROM (SELECT COALESCE(s.reason, 'no_utm') AS reason, count(*) AS sales
              FROM all_sales_tracking s
              WHERE s.team_id IS NULL AND NOT s.is_reversed AND s.payment_of IS NULL
                AND CASE CAST(:basis AS text) WHEN 'lead' THEN s.lead_day ELSE s.sale_day END
                    BETWEEN p.first_day AND p.last_day
              GROUP BY 1) r) AS unattributed_reasons,
       (SELECT count(*) FROM all_sales_tracking s
        WHERE CAST(:basis AS text) = 'lead' AND s.lead_day IS NULL AND NOT s.is_reversed AND s.payment_of IS NULL
          AND s.sale_day BETWEEN p.first_day AND p.last_day) AS sales_without_lead,
       (SELECT count(DISTINCT s.stat_date) FROM traffic_stats s
        WHERE s.stat_date BETWEEN p.first_day AND p.last_day
          AND (s.spend_kzt IS NULL OR s.spend_usd IS NULL OR s.revenue_usd IS NULL)) AS days_without_rate
FROM period p
