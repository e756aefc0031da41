-- What the runs of these versions of the rules moved: sales that existed and got another team while the run went on,
-- by nobody's hand. A run applies the rules of now: of two versions made before either ran, the first run moves for both.
-- Amounts in KZT; NULL of a sale counts nothing and is told beside.
WITH runs AS (
    SELECT CAST(r.parameters ->> 'version' AS integer) AS version, r.id, r.status, r.progress_done, r.progress_total,
           r.started_at, coalesce(r.finished_at, now()) AS until
    FROM sync_runs r
    WHERE r.kind = 'attribution' AND r.parameters ->> 'version' = ANY (CAST(:versions AS text[])))
SELECT r.version, CAST(r.id AS text) AS run_id, r.status, r.progress_done, r.progress_total,
       coalesce(m.sales, 0) AS sales, coalesce(m.money, 0) AS money
FROM runs r
LEFT JOIN LATERAL (
    SELECT count(DISTINCT s.id) AS sales,
           sum(sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate)) AS money
    FROM sales_activity_log l
    JOIN all_sales_tracking s ON s.id = l.sale_id
    WHERE l.created_at >= r.started_at AND l.created_at <= r.until
      AND l.action_type IN ('attributed', 'reassigned') AND l.user_id IS NULL
      AND l.metadata -> 'before' IS NOT NULL AND NOT s.is_reversed) m ON true
