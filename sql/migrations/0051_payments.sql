-- Payments of one sale: a prepayment and the rest, told as deals of their own, are one sale.

ALTER TABLE amocrm_pipelines ADD COLUMN prepayment_limit numeric(14, 2);   -- NULL: the product is paid at once
-- The table is its owner's only while its rows are not guarded.
ALTER TABLE amocrm_pipelines NO FORCE ROW LEVEL SECURITY;
UPDATE amocrm_pipelines SET prepayment_limit = 5000 WHERE product = 'challenge3d';
ALTER TABLE amocrm_pipelines FORCE ROW LEVEL SECURITY;

-- The deal of the sale that this one is a further payment of: it brings money, but is no sale more.
ALTER TABLE all_sales_tracking ADD COLUMN payment_of bigint CHECK (payment_of <> deal_id);
CREATE INDEX all_sales_tracking_payment_idx ON all_sales_tracking (payment_of) WHERE payment_of IS NOT NULL;

-- The deal of an own sale explains it, also when the deal was nobody's while it was open.
CREATE POLICY reads_of_own_sales ON amocrm_deals FOR SELECT TO traffic_app
    USING (EXISTS (SELECT FROM all_sales_tracking s
                   WHERE s.deal_id = amocrm_deals.deal_id AND s.team_id = (SELECT viewer_team())));

-- The additive figures of a range of days in one currency, for every report: one grain (day, team, campaign).
-- basis 'sale': a sale stands on the day it was won. basis 'lead': on the day of the lead that brought it (cohort).
-- A further payment of a sale brings money and is no sale more. An amount is NULL when it cannot be converted because no rate is known. Runs with the rights of the caller.
CREATE OR REPLACE FUNCTION report_figures(first_day date, last_day date, basis text, in_currency text)
    RETURNS TABLE (
        day date, team_id uuid, campaign_id uuid,
        spend numeric, revenue numeric, express_revenue numeric, main_revenue numeric,
        leads integer, registrations integer, express_sales integer, main_sales integer, other_sales integer,
        sales_without_amount integer, impressions bigint, clicks bigint)
    LANGUAGE sql STABLE AS $$
    SELECT s.stat_date, s.team_id, s.campaign_id,
           CASE in_currency WHEN 'USD' THEN s.spend_usd ELSE s.spend_kzt END,
           CASE WHEN basis = 'lead' THEN 0 WHEN in_currency = 'USD' THEN s.revenue_usd ELSE s.revenue_kzt END,
           CASE WHEN basis = 'lead' THEN 0 WHEN in_currency = 'USD' THEN s.revenue_express_usd ELSE s.revenue_express_kzt END,
           CASE WHEN basis = 'lead' THEN 0 WHEN in_currency = 'USD' THEN s.revenue_main_usd ELSE s.revenue_main_kzt END,
           s.leads, s.registrations,
           CASE WHEN basis = 'lead' THEN 0 ELSE s.express_sales END,
           CASE WHEN basis = 'lead' THEN 0 ELSE s.main_sales END,
           CASE WHEN basis = 'lead' THEN 0 ELSE s.other_sales END,
           CASE WHEN basis = 'lead' THEN 0 ELSE s.sales_without_amount END,
           s.impressions, s.clicks
    FROM traffic_stats s
    WHERE s.stat_date BETWEEN first_day AND last_day
    UNION ALL
    SELECT a.lead_day, a.team_id, a.campaign_id,
           0, m.money,
           CASE WHEN a.product = 'express' THEN m.money ELSE 0 END,
           CASE WHEN a.product = 'flagman' THEN m.money ELSE 0 END,
           0, 0,
           CASE WHEN a.product = 'express' AND a.payment_of IS NULL THEN 1 ELSE 0 END,
           CASE WHEN a.product = 'flagman' AND a.payment_of IS NULL THEN 1 ELSE 0 END,
           CASE WHEN a.product NOT IN ('express', 'flagman') AND a.payment_of IS NULL THEN 1 ELSE 0 END,
           CASE WHEN a.sale_amount IS NULL THEN 1 ELSE 0 END,
           0, 0
    FROM all_sales_tracking a
    CROSS JOIN LATERAL (
        SELECT CASE WHEN a.sale_amount IS NULL THEN 0
                    WHEN in_currency = 'USD' THEN a.sale_amount / a.usd_to_kzt_rate
                    ELSE a.sale_amount END AS money) m
    WHERE basis = 'lead' AND NOT a.is_reversed AND a.lead_day BETWEEN first_day AND last_day
$$;
