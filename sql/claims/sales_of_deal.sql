-- The sales of a deal that stand.
SELECT s.id
FROM all_sales_tracking s
WHERE s.deal_id = :deal_id AND NOT s.is_reversed
ORDER BY s.id
