-- The currencies beside KZT and USD that money was spent in, with the first day of each.
SELECT currency, min(stat_date) AS day
FROM ad_statistics
WHERE level = 'campaign' AND currency NOT IN ('KZT', 'USD')
GROUP BY currency
ORDER BY currency
