-- A company of a given size, in SQL only: the sizes are the settings bench.leads, bench.deals and bench.sales.
-- Nothing is attributed yet. Of a hundred leads 40 name their team, 15 another name of it, 10 a known campaign by its
-- number, 10 a word of a campaign, 15 something unknown, 10 nothing; somewhat more than half of the deals name nothing
-- and are found by their person. Every part of a row is a function of its number, so that two runs measure the same.

CREATE FUNCTION pg_temp.size_of(what text) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT CAST(current_setting('bench.' || what) AS bigint) $$;
-- A number below bound that looks drawn, the same for the same n and salt.
CREATE FUNCTION pg_temp.drawn(n bigint, salt bigint, bound bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ((n * 2654435761 + salt * 40503) # (n >> 3)) % 1000003 % bound $$;

INSERT INTO traffic_teams (name, slug, color, emoji, utm_source)
SELECT 'Team ' || n, 'team' || n, '#3B82F6', '🦅', 'fb_team' || n FROM generate_series(1, 12) AS n;
INSERT INTO team_aliases (team_id, utm_source, priority)
SELECT t.id, 'alias_' || n, 0 FROM generate_series(0, 499) AS n JOIN traffic_teams t ON t.slug = 'team' || 1 + n % 12;
INSERT INTO team_aliases (team_id, campaign_token)
SELECT t.id, 'word' || n FROM generate_series(0, 499) AS n JOIN traffic_teams t ON t.slug = 'team' || 1 + n % 12;
INSERT INTO ad_accounts (account_id, currency, timezone) SELECT CAST(100 + n AS text), 'USD', 'Asia/Almaty'
FROM generate_series(1, 24) AS n;
INSERT INTO ad_campaigns (account_id, campaign_id, name)
SELECT CAST(101 + n % 24 AS text), CAST(23850000000000000 + n AS text), 'Campaign ' || n FROM generate_series(0, 599) AS n;
INSERT INTO campaign_bindings (team_id, kind, external_id)
SELECT t.id, 'campaign', CAST(23850000000000000 + n AS text)
FROM generate_series(0, 599) AS n JOIN traffic_teams t ON t.slug = 'team' || 1 + n % 12;

INSERT INTO landing_leads (id, name, phone, phone_norm, email, email_norm, source, funnel, utm_source, utm_medium,
                           utm_campaign, utm_content, utm_term, created_at)
SELECT CAST(lpad(to_hex(n), 32, '0') AS uuid), 'Person ' || person, phone, phone, email, email, 'bench', 'express',
       CASE WHEN kind < 40 THEN 'fb_team' || 1 + n % 12 WHEN kind < 55 THEN 'alias_' || pg_temp.drawn(n, 1, 500)
            WHEN kind < 75 THEN 'facebook' WHEN kind < 90 THEN 'other_' || pg_temp.drawn(n, 2, 200) END,
       CASE WHEN kind < 90 THEN CASE WHEN n % 3 = 0 THEN 'cpc' ELSE 'paid' END END,
       CASE WHEN kind >= 55 AND kind < 65 THEN CAST(23850000000000000 + pg_temp.drawn(n, 3, 600) AS text)
            WHEN kind >= 65 AND kind < 75 THEN 'lal word' || pg_temp.drawn(n, 4, 500) || ' | kz'
            WHEN kind < 90 THEN 'set ' || pg_temp.drawn(n, 5, 40) END,
       CASE WHEN kind < 90 THEN 'video ' || pg_temp.drawn(n, 6, 5000) END,
       CASE WHEN kind < 90 THEN 'word ' || pg_temp.drawn(n, 7, 9000) END,
       TIMESTAMPTZ '2025-01-01 00:00+05' + n * INTERVAL '500 days' / pg_temp.size_of('leads')
FROM (SELECT n, pg_temp.drawn(n, 8, 100) AS kind, person, '+7701' || lpad(CAST(person AS text), 7, '0') AS phone,
             CASE WHEN n % 5 < 2 THEN 'person' || person || '@example.com' END AS email
      FROM (SELECT n, n * 7919 % greatest(pg_temp.size_of('leads') * 8 / 10, 1) AS person
            FROM generate_series(1, pg_temp.size_of('leads')) AS n) AS numbered) AS drawn;
INSERT INTO lead_tracking (lead_id, utm_source, utm_medium, utm_campaign, utm_content, utm_term, lead_day)
SELECT id, utm_source, utm_medium, utm_campaign, utm_content, utm_term,
       CAST(created_at AT TIME ZONE 'Asia/Almaty' AS date)
FROM landing_leads;

CREATE TEMP TABLE made AS
SELECT n AS deal_id, l.*, 5000000 + CAST(substr(l.phone, 6) AS bigint) AS contact_id, pg_temp.drawn(n, 9, 100) < 45 AS marked,
       l.created_at + pg_temp.drawn(n, 10, 40) * INTERVAL '1 day' + INTERVAL '3 minutes' AS made_at,
       CASE WHEN n % 4 = 0 THEN 10418746 WHEN n % 25 = 1 THEN 9820886 ELSE 10350882 END AS pipeline_id
FROM (SELECT n, CAST(lpad(to_hex(n * (pg_temp.size_of('leads') / pg_temp.size_of('deals'))), 32, '0') AS uuid) AS lead_id
      FROM generate_series(1, pg_temp.size_of('deals')) AS n) AS numbered
JOIN landing_leads l ON l.id = numbered.lead_id;
INSERT INTO amocrm_contacts (contact_id, name, phone, phone_norm, email, email_norm, modified_at)
SELECT DISTINCT ON (contact_id) contact_id, name, phone, phone, email, email, made_at FROM made ORDER BY contact_id, deal_id;
INSERT INTO amocrm_deal_contacts (deal_id, contact_id, is_main) SELECT deal_id, contact_id, true FROM made;
INSERT INTO amocrm_deals (deal_id, pipeline_id, status_id, name, price, created_at, modified_at, contact_id, person_key,
                          sure_key, utm_source, utm_medium, utm_campaign, utm_content, utm_term, created_day, is_registration)
SELECT deal_id, pipeline_id, CASE WHEN deal_id <= pg_temp.size_of('sales') THEN 142 ELSE 143 END, 'Deal', 5000, made_at,
       made_at, contact_id, 'phone:' || phone, 'phone:' || phone, CASE WHEN marked THEN utm_source END, CASE WHEN marked THEN utm_medium END,
       CASE WHEN marked THEN utm_campaign END, CASE WHEN marked THEN utm_content END, CASE WHEN marked THEN utm_term END,
       CAST(made_at AT TIME ZONE 'Asia/Almaty' AS date),
       row_number() OVER (PARTITION BY phone ORDER BY made_at, deal_id) = 1
FROM made;
INSERT INTO all_sales_tracking (source_table, deal_id, product, sale_amount, contact_id, contact_name, contact_phone,
                                contact_email, utm_source, utm_medium, utm_campaign, utm_content, utm_term, pipeline_id,
                                status_id, sale_date, sale_day, webhook_received_at)
SELECT CASE d.pipeline_id WHEN 10350882 THEN 'express_course_sales' WHEN 10418746 THEN 'main_product_sales'
       ELSE 'other_product_sales' END, d.deal_id, p.product, p.list_price, d.contact_id, m.name, m.phone, m.email,
       d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.pipeline_id, 142, d.created_at + wait,
       CAST((d.created_at + wait) AT TIME ZONE 'Asia/Almaty' AS date), d.created_at + wait
FROM amocrm_deals d
JOIN amocrm_pipelines p USING (pipeline_id)
JOIN made m USING (deal_id)
CROSS JOIN LATERAL (SELECT pg_temp.drawn(d.deal_id, 11, 20) * INTERVAL '1 day' AS wait) AS waited
WHERE d.deal_id <= pg_temp.size_of('sales');
INSERT INTO person_points (kind, value, person_key, sure_key)
SELECT DISTINCT 'contact', CAST(contact_id AS text), 'phone:' || phone, 'phone:' || phone FROM made
UNION
SELECT 'phone', phone_norm, 'phone:' || phone_norm, 'phone:' || phone_norm FROM landing_leads
UNION
SELECT 'email', email_norm, 'phone:' || phone_norm, NULL FROM landing_leads WHERE email_norm IS NOT NULL;
DELETE FROM people_to_join;
DROP TABLE made;
