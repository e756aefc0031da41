-- The figures of two teams by day, in KZT. An amount is NULL when a part of it is not known.
SELECT s.stat_date AS day, s.team_id,
       sum(s.express_sales + s.main_sales + s.other_sales) AS sales, sum(s.leads) AS leads,
       sum(s.revenue_kzt) AS revenue,
       CASE WHEN count(*) = count(s.spend_kzt) THEN sum(s.spend_kzt) END AS spend
FROM traffic_stats s
WHERE s.team_id IN (CAST(:team AS uuid), CAST(:into AS uuid))
GROUP BY s.stat_date, s.team_id
ORDER BY s.stat_date
