-- The sales of these persons, and of these deals, of products that are paid in parts.
SELECT s.id, s.deal_id, s.product, s.sale_date, s.sale_day, s.lead_day, s.sale_amount, s.is_reversed, s.payment_of,
       s.team_name, coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key, p.prepayment_limit
FROM all_sales_tracking s
JOIN (SELECT product, max(prepayment_limit) AS prepayment_limit FROM amocrm_pipelines GROUP BY product) p
  ON p.product = s.product
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
WHERE (p.prepayment_limit IS NOT NULL OR s.payment_of IS NOT NULL)
  AND (s.deal_id = ANY (CAST(:deal_ids AS bigint[])) OR s.payment_of = ANY (CAST(:deal_ids AS bigint[]))
       OR s.deal_id IN (SELECT deal_id FROM amocrm_deals WHERE person_key = ANY (CAST(:persons AS text[]))))
