-- How many leads and how many deals each day has.
SELECT day, sum(leads) AS leads, sum(deals) AS deals
FROM (SELECT lead_day AS day, count(*) AS leads, 0 AS deals FROM lead_tracking GROUP BY lead_day
      UNION ALL
      SELECT created_day, 0, count(*) FROM amocrm_deals GROUP BY created_day) AS counted
GROUP BY day
ORDER BY day
