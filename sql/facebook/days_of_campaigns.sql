-- The first and the last day with figures of these campaigns.
SELECT min(stat_date) AS first_day, max(stat_date) AS last_day
FROM ad_statistics
WHERE platform = 'facebook' AND level = 'campaign' AND object_id = ANY(:ids)
