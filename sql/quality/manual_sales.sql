-- The standing sales whose team an admin has said, for the deals that still stand.
SELECT s.deal_id, s.product, s.team_id
FROM all_sales_tracking s
JOIN amocrm_deals d USING (deal_id)
WHERE s.locked AND s.team_id IS NOT NULL AND NOT s.is_reversed AND s.payment_of IS NULL
ORDER BY s.deal_id
