-- Sales without a team by the mark they share (source and campaign, '' for none), the greatest money first.
SELECT source, campaign, count(*) AS sales, sum(amount) AS money,
       count(*) FILTER (WHERE amount IS NULL) AS without_amount, min(sale_day) AS first_day, max(sale_day) AS last_day,
       array_agg(DISTINCT reason) AS reasons
FROM (SELECT lower(btrim(coalesce(s.utm_source, ''))) AS source, lower(btrim(coalesce(s.utm_campaign, ''))) AS campaign,
             sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate) AS amount, s.sale_day,
             coalesce(s.reason, 'unknown') AS reason
      FROM all_sales_tracking s
      WHERE s.team_id IS NULL AND NOT s.is_reversed AND NOT s.locked) waiting
GROUP BY source, campaign
ORDER BY coalesce(sum(amount), -1) DESC, source, campaign
LIMIT :row_limit OFFSET :skipped
