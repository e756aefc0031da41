-- Rates are nobody's secret; the workers bring them.

ALTER TABLE currency_rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE currency_rates FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON currency_rates TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON currency_rates FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON currency_rates TO traffic_jobs;
GRANT SELECT ON currency_rates TO traffic_app;
