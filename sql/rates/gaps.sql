-- Stretches of days without a stored rate, from the first day with money to today; with how many of their days have
-- spend or sales that had to take an earlier rate, or none.
WITH money AS (
    SELECT stat_date AS day FROM ad_statistics WHERE level = 'campaign'
    UNION SELECT sale_day FROM all_sales_tracking
), missing AS (
    SELECT d.day, d.day - CAST(row_number() OVER (ORDER BY d.day) AS integer) AS stretch
    FROM (SELECT CAST(generate_series((SELECT min(day) FROM money), CAST(:today AS date), interval '1 day') AS date)
                 AS day) d
    LEFT JOIN exchange_rates r ON r.date = d.day
    WHERE r.date IS NULL
)
SELECT min(m.day) AS first_day, max(m.day) AS last_day, count(*) AS days,
       count(*) FILTER (WHERE m.day IN (SELECT day FROM money)) AS money_days,
       (SELECT rate_date FROM rate_on(min(m.day))) AS taken_from
FROM missing m
GROUP BY m.stretch
ORDER BY 1 DESC
LIMIT :how_many
