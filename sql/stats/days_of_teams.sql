-- The days on which any of some teams has a figure.
SELECT DISTINCT stat_date AS day
FROM traffic_stats
WHERE team_id = ANY (CAST(:team_ids AS uuid[]))
