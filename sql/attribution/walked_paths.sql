-- How often each path of touches was walked since :since: teams in order, ends in a sale, ends without one. A sale's path
-- are the attributed leads of its person in the look-back before it, and its own marks when they decided. Whoever bought
-- nothing walked one path, of the look-back before the last touch.
WITH touch AS MATERIALIZED (
    SELECT person_key, at, team FROM person_touches WHERE at >= CAST(:since AS timestamptz)
), sale AS MATERIALIZED (
    SELECT s.id, coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key, s.sale_date,
           CASE WHEN s.attribution_method NOT IN ('person_match', 'manual') THEN t.slug END AS own_team,
           coalesce(d.created_at, s.sale_date) AS own_at
    FROM all_sales_tracking s
    LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
    LEFT JOIN traffic_teams t ON t.id = s.team_id
    WHERE NOT s.is_reversed AND s.payment_of IS NULL
      AND s.sale_date >= CAST(:since AS timestamptz) + make_interval(days => CAST(:look_back_days AS integer))
), sold AS (
    SELECT array_agg(m.team ORDER BY m.at, m.team) AS teams
    FROM (SELECT s.id, t.at, t.team
          FROM sale s
          JOIN touch t ON t.person_key = s.person_key AND t.at < s.sale_date + interval '1 second'
                      AND t.at >= s.sale_date - make_interval(days => CAST(:look_back_days AS integer))
          UNION ALL
          SELECT id, own_at, own_team FROM sale WHERE own_team IS NOT NULL) m
    GROUP BY m.id
), lost AS (
    SELECT array_agg(t.team ORDER BY t.at, t.team) AS teams
    FROM (SELECT *, max(at) OVER (PARTITION BY person_key) AS last_at FROM touch) t
    WHERE t.at >= t.last_at - make_interval(days => CAST(:look_back_days AS integer))
      AND NOT EXISTS (SELECT FROM sale s WHERE s.person_key = t.person_key)
    GROUP BY t.person_key
)
SELECT teams, sum(sold) AS sales, sum(1 - sold) AS losses
FROM (SELECT teams, 1 AS sold FROM sold UNION ALL SELECT teams, 0 FROM lost) walked
GROUP BY teams
