-- Every stored rate of the currencies beside the dollar.
SELECT currency, date AS day, kzt_for_one, source, is_carried FROM currency_rates ORDER BY currency, date
