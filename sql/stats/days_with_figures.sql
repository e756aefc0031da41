-- Every day that has a figure in a source or in the statistics. With :rate_days only those that live on the rate of one
-- of these days (their own or, having none, the nearest earlier one).
SELECT f.day
FROM (SELECT stat_date AS day FROM ad_statistics WHERE level = 'campaign'
      UNION SELECT lead_day FROM lead_tracking
      UNION SELECT created_day FROM amocrm_deals WHERE is_registration
      UNION SELECT sale_day FROM all_sales_tracking
      UNION SELECT stat_date FROM traffic_stats) f
WHERE CAST(:rate_days AS date[]) IS NULL
   OR (SELECT r.rate_date FROM rate_on(f.day) r) = ANY (CAST(:rate_days AS date[]))
ORDER BY f.day
