-- The stored rates of one currency for a range of days.
SELECT currency, date AS day, kzt_for_one, source, is_carried
FROM currency_rates
WHERE currency = :currency AND date BETWEEN :first_day AND :last_day
ORDER BY date
