-- The deals that anything was said about in a span of time, or that were sold on one of these days.
SELECT deal_id FROM amocrm_events WHERE occurred_at >= :start AND occurred_at < :end
UNION
SELECT deal_id FROM all_sales_tracking WHERE sale_day BETWEEN :first_day AND :last_day
ORDER BY deal_id
