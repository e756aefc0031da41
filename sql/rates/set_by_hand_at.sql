-- When the rate of a day was set by hand.
SELECT fetched_at FROM exchange_rates WHERE date = :day AND source = 'manual'
