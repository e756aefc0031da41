-- The days on which these campaigns (the platform's ids) were delivered.
SELECT DISTINCT stat_date AS day
FROM ad_statistics
WHERE level = 'campaign' AND object_id = ANY(:ids)
