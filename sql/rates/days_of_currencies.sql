-- The days of spend that live on one of these rates: their own or, having none, the nearest earlier one.
WITH changed AS (
    SELECT * FROM unnest(CAST(:currencies AS text[]), CAST(:days AS date[])) AS given (currency, day)
), spent AS (
    SELECT DISTINCT currency, stat_date AS day FROM ad_statistics
    WHERE level = 'campaign' AND currency IN (SELECT currency FROM changed)
)
SELECT DISTINCT s.day
FROM spent s
CROSS JOIN LATERAL currency_rate_on(s.day, s.currency) r
JOIN changed c ON c.currency = s.currency AND c.day = r.rate_date
ORDER BY s.day
