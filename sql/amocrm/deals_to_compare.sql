-- Our deals made on some days, and those sold on them, as they are compared with amoCRM: a won one by the day of its
-- sale, any other by the day it was made. What only an import tells of (pipelines below zero) is not amoCRM's.
SELECT d.deal_id, d.pipeline_id, d.status_id, CASE WHEN s.id IS NULL THEN d.price ELSE s.sale_amount END AS money,
       coalesce(s.sale_day, d.created_day) AS day
FROM amocrm_deals d
LEFT JOIN all_sales_tracking s ON s.deal_id = d.deal_id AND s.pipeline_id = d.pipeline_id AND NOT s.is_reversed
     AND d.status_id = 142
WHERE NOT d.is_deleted AND coalesce(d.pipeline_id, 1) > 0
  AND (d.created_day BETWEEN :first_day AND :last_day OR s.sale_day BETWEEN :first_day AND :last_day
       OR d.deal_id = ANY (CAST(:deal_ids AS bigint[])))
