-- How many leads and deals each day has.
SELECT day, sum(how_many) AS how_many
FROM (SELECT lead_day AS day, count(*) AS how_many FROM lead_tracking GROUP BY lead_day
      UNION ALL
      SELECT created_day, count(*) FROM amocrm_deals GROUP BY created_day) AS counted
GROUP BY day
ORDER BY day
