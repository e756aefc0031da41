-- The standing sales whose own marks name a team and whose person came with a lead within the look-back: how many, how
-- many of them the match by person would give to a team, and how many to the same one.
WITH confirmed AS MATERIALIZED (
    SELECT s.id, s.deal_id, s.team_id, s.sale_date, d.person_key, d.sure_key,
           s.sale_date - make_interval(hours => 24 * CAST(:look_back_days AS integer)) AS since
    FROM all_sales_tracking s
    JOIN amocrm_deals d USING (deal_id)
    WHERE NOT s.is_reversed AND NOT s.locked AND s.payment_of IS NULL AND s.team_id IS NOT NULL
      AND s.attribution_method IN ('utm_exact', 'alias', 'fb_slug', 'campaign_binding', 'campaign_token')),
point AS MATERIALIZED (
    SELECT c.id, c.deal_id, c.since, c.sale_date, k.kind, k.value, k.sure_key IS DISTINCT FROM c.sure_key AS is_weak
    FROM confirmed c JOIN person_points k ON k.person_key = c.person_key AND k.kind <> 'contact'),
found AS (
    SELECT p.id, l.id AS lead_id, p.is_weak, l.created_at
    FROM point p JOIN landing_leads l ON l.phone_norm = p.value AND l.created_at >= p.since AND l.created_at < p.sale_date
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.id, l.id, p.is_weak, l.created_at
    FROM point p
    JOIN landing_lead_phones o ON o.phone = p.value
    JOIN landing_leads l ON l.id = o.lead_id AND l.created_at >= p.since AND l.created_at < p.sale_date
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT c.id, l.id, false, l.created_at
    FROM confirmed c JOIN landing_leads l ON l.amocrm_lead_id = c.deal_id AND l.created_at < c.sale_date
    UNION ALL
    SELECT p.id, l.id, true, l.created_at
    FROM point p JOIN landing_leads l ON l.email_norm = p.value AND l.created_at >= p.since AND l.created_at < p.sale_date
    WHERE p.kind = 'email'),
ranked AS (
    SELECT f.id, t.team_id,
           rank() OVER (PARTITION BY f.id ORDER BY t.team_id IS NULL, f.is_weak, f.created_at DESC) AS place
    FROM found f JOIN lead_tracking t USING (lead_id)),
matched AS (
    SELECT id, CASE WHEN count(DISTINCT team_id) = 1 THEN (array_agg(team_id))[1] END AS team_id
    FROM ranked WHERE place = 1 GROUP BY id)
SELECT count(*) AS pairs, count(m.team_id) AS given, count(*) FILTER (WHERE m.team_id = c.team_id) AS correct
FROM matched m
JOIN confirmed c USING (id)
