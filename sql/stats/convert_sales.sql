-- Gives the sales of whole days the rate of their day and their amount in USD; answers which days changed and which
-- have a sale that somebody else is just saving: those have to be computed once more.
WITH due AS (
    SELECT s.id, s.sale_day, r.usd_to_kzt AS rate,
           round(CASE WHEN s.currency = 'KZT' THEN s.sale_amount / r.usd_to_kzt END, 2) AS usd
    FROM all_sales_tracking s
    LEFT JOIN LATERAL rate_on(s.sale_day) r ON true
    WHERE s.sale_day = ANY (CAST(:days AS date[]))
), stale AS MATERIALIZED (
    SELECT d.* FROM due d JOIN all_sales_tracking s ON s.id = d.id
    WHERE (s.usd_to_kzt_rate, s.amount_usd) IS DISTINCT FROM (d.rate, d.usd)
), free AS MATERIALIZED (
    -- Never wait here: whoever holds a sale may be waiting for the day that this transaction holds.
    SELECT s.id FROM all_sales_tracking s JOIN stale USING (id) FOR UPDATE OF s SKIP LOCKED
), converted AS (
    UPDATE all_sales_tracking s SET usd_to_kzt_rate = d.rate, amount_usd = d.usd
    FROM stale d JOIN free USING (id)
    WHERE s.id = d.id
    RETURNING s.id
)
SELECT d.sale_day AS day, bool_or(c.id IS NULL) AS is_taken
FROM stale d LEFT JOIN converted c USING (id)
GROUP BY d.sale_day
