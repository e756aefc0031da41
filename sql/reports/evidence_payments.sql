-- All payments of the sale that a deal makes or belongs to, by the time they were paid.
SELECT s.id, s.deal_id, s.sale_amount, s.currency, s.sale_date, s.payment_of, s.is_reversed
FROM all_sales_tracking s
WHERE s.product = :product AND coalesce(s.payment_of, s.deal_id) = CAST(:sale_deal AS bigint)
ORDER BY s.sale_date, s.deal_id
