-- All money without a team that nobody has decided about, by reason.
SELECT s.reason, count(*) AS sales, sum(sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate)) AS money,
       count(*) FILTER (WHERE sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate) IS NULL) AS without_amount
FROM all_sales_tracking s
WHERE s.team_id IS NULL AND NOT s.is_reversed AND NOT s.locked
GROUP BY s.reason
ORDER BY money DESC NULLS LAST, s.reason
