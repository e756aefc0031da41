-- The first and the last day on which anything is attributed.
SELECT min(first_day) AS first_day, max(last_day) AS last_day
FROM (SELECT min(lead_day) AS first_day, max(lead_day) AS last_day FROM lead_tracking
      UNION ALL
      SELECT min(created_day), max(created_day) FROM amocrm_deals
      UNION ALL
      SELECT min(sale_day), max(sale_day) FROM all_sales_tracking) AS spans
