-- The currencies beside KZT and USD that money was spent in or rates are stored for, with the first day of each.
SELECT currency, min(day) AS day
FROM (
    SELECT CAST(currency AS text) AS currency, stat_date AS day
    FROM ad_statistics
    WHERE level = 'campaign' AND currency NOT IN ('KZT', 'USD')
    UNION ALL SELECT CAST(currency AS text), date FROM currency_rates
) known
GROUP BY currency
ORDER BY currency
