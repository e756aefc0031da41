-- Sales as they stand and what the last entry of their log says they were before a person assigned them.
SELECT s.id, s.deal_id, s.sale_day, s.lead_day, s.team_id, s.team_name, s.attribution_method, s.confidence, s.rule_id,
       s.reason, s.candidates, s.locked, s.is_reversed, l.user_id, l.metadata -> 'before' AS before
FROM all_sales_tracking s
LEFT JOIN LATERAL (
    SELECT user_id, metadata FROM sales_activity_log WHERE sale_id = s.id
    ORDER BY created_at DESC, id DESC LIMIT 1) l ON true
WHERE s.id = ANY (CAST(:ids AS uuid[]))
ORDER BY s.id
FOR UPDATE OF s
