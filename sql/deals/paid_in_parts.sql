-- The sales of these persons, and of these deals, of products that are paid in parts; found by keys, one way each.
WITH deal AS MATERIALIZED (
    SELECT unnest(CAST(:deal_ids AS bigint[])) AS deal_id
    UNION
    SELECT deal_id FROM amocrm_deals WHERE person_key = ANY (CAST(:persons AS text[]))),
found AS MATERIALIZED (
    SELECT s.id FROM all_sales_tracking s JOIN deal USING (deal_id)
    UNION
    SELECT s.id FROM all_sales_tracking s WHERE s.payment_of = ANY (CAST(:deal_ids AS bigint[])))
SELECT s.id, s.deal_id, s.product, s.sale_date, s.sale_day, s.lead_day, s.sale_amount, s.is_reversed, s.payment_of,
       s.team_name, coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key, p.prepayment_limit
FROM found
JOIN all_sales_tracking s USING (id)
JOIN (SELECT product, max(prepayment_limit) AS prepayment_limit FROM amocrm_pipelines GROUP BY product) p
  ON p.product = s.product
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
WHERE p.prepayment_limit IS NOT NULL OR s.payment_of IS NOT NULL
