-- Sales as they stand, for whoever assigns several by hand; locked until the end of the transaction.
SELECT s.id, s.deal_id, s.sale_day, s.lead_day, s.team_id, s.team_name, s.attribution_method, s.confidence, s.rule_id,
       s.reason, s.candidates, s.locked, s.is_reversed
FROM all_sales_tracking s
WHERE s.id = ANY (CAST(:ids AS uuid[]))
ORDER BY s.id
FOR UPDATE
