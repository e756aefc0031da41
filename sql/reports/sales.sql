-- One page of sales of a period, newest first (keyset: sale_date, id), with their team and campaign; :cursor_date NULL = first page.
WITH chosen AS (
    SELECT s.*
    FROM all_sales_tracking s
    LEFT JOIN ad_campaigns c ON c.id = s.campaign_id
    WHERE CASE CAST(:basis AS text) WHEN 'lead' THEN s.lead_day ELSE s.sale_day END
          BETWEEN CAST(:first_day AS date) AND CAST(:last_day AS date)
      AND CASE WHEN CAST(:all_teams AS boolean) THEN true
               WHEN s.team_id IS NULL THEN CAST(:with_unattributed AS boolean)
               ELSE s.team_id = ANY (CAST(:team_ids AS uuid[])) END
      AND (CAST(:all_campaigns AS boolean) OR c.campaign_id = ANY (CAST(:campaign_ids AS text[])))
)
SELECT n.total, s.id, s.deal_id, s.product, s.sale_amount, s.currency, s.amount_usd, s.usd_to_kzt_rate, s.sale_date, s.sale_day,
       t.slug, t.name, t.color, t.emoji, s.attribution_method, s.confidence, s.rule_id, s.reason, s.candidates,
       c.name AS campaign, s.is_reversed, s.payment_of
FROM (SELECT count(*) AS total FROM chosen) n
LEFT JOIN LATERAL (
    SELECT * FROM chosen p
    WHERE CAST(:cursor_date AS timestamptz) IS NULL
       OR (p.sale_date, p.id) < (CAST(:cursor_date AS timestamptz), CAST(:cursor_id AS uuid))
    ORDER BY p.sale_date DESC, p.id DESC
    LIMIT CAST(:row_limit AS integer)) s ON true
LEFT JOIN traffic_teams t ON t.id = s.team_id
LEFT JOIN ad_campaigns c ON c.id = s.campaign_id
ORDER BY s.sale_date DESC, s.id DESC
