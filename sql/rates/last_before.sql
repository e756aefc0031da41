-- The nearest rate before a day that the bank itself published for its day.
SELECT date AS day, usd_to_kzt, source, is_carried
FROM exchange_rates
WHERE date < :day AND NOT is_carried
ORDER BY date DESC
LIMIT 1
