-- The sales of a person, and those that a lead explains, the oldest first.
SELECT DISTINCT s.id, s.deal_id, s.product, s.sale_amount, s.currency, s.sale_date, s.is_reversed,
       s.landing_lead_id IS NOT DISTINCT FROM CAST(:lead_id AS uuid) AS is_brought, t.slug AS team_slug
FROM all_sales_tracking s
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN traffic_teams t ON t.id = s.team_id
WHERE d.person_key = :person_key OR s.landing_lead_id = CAST(:lead_id AS uuid)
ORDER BY s.sale_date, s.id
