-- Rates of currencies other than the dollar, as far as ad accounts spend in them: KZT for one unit on an Almaty day.

CREATE TABLE currency_rates (
    currency     char(3) NOT NULL CHECK (currency NOT IN ('USD', 'KZT')),
    date         date NOT NULL,
    kzt_for_one  numeric(18, 8) NOT NULL CHECK (kzt_for_one > 0),
    source       text NOT NULL,
    fetched_at   timestamptz NOT NULL DEFAULT now(),
    is_carried   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (currency, date)
);
-- As rate_on: the rate of a day is its own, else the nearest earlier one.
CREATE FUNCTION currency_rate_on(day date, code text) RETURNS TABLE (kzt_for_one numeric, rate_date date)
    LANGUAGE sql STABLE AS $$
    SELECT r.kzt_for_one, r.date FROM currency_rates r
    WHERE r.currency = code AND r.date <= day ORDER BY r.date DESC LIMIT 1
$$;
