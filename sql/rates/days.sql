-- The stored rates of a range of days.
SELECT date AS day, usd_to_kzt, source, is_carried
FROM exchange_rates
WHERE date BETWEEN :first_day AND :last_day
ORDER BY date
