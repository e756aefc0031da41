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

-- Rates are nobody's secret; the workers bring them.

ALTER TABLE currency_rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE currency_rates FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON currency_rates TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON currency_rates FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON currency_rates TO traffic_jobs;
GRANT SELECT ON currency_rates TO traffic_app;
