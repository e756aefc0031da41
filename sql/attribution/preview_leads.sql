-- The leads that may bring a sale its person's team: of the sales that their own marks leave to the person (:keys),
-- the leads of that person within the look-back, by the ties of deals/person_leads; one may stand here several times.
CREATE TEMP TABLE preview_leads ON COMMIT DROP AS
WITH undecided AS MATERIALIZED (
    SELECT s.*, s.sale_date - make_interval(hours => 24 * CAST(:look_back_days AS integer)) AS since,
           s.sale_date + INTERVAL '1 second' AS until
    FROM preview_sales s WHERE s.key = ANY (CAST(:keys AS text[]))),
tied AS (
    SELECT sale_id, since, until, deal_id AS of_deal FROM undecided
    UNION ALL
    SELECT u.sale_id, u.since, u.until, dc.deal_id
    FROM undecided u JOIN amocrm_deal_contacts dc ON dc.contact_id = u.contact_id AND dc.deal_id <> u.deal_id),
point AS MATERIALIZED (
    SELECT u.sale_id, u.since, u.until, k.kind, k.value, CASE WHEN k.sure_key = u.sure_key THEN 2 ELSE 3 END AS tie
    FROM undecided u JOIN person_points k ON k.person_key = u.person_key AND k.kind <> 'contact'),
found AS (
    SELECT t.sale_id, 1 AS tie, l.*
    FROM tied t JOIN landing_leads l ON l.amocrm_lead_id = t.of_deal AND l.created_at >= t.since AND l.created_at < t.until
    UNION ALL
    SELECT p.sale_id, p.tie, l.*
    FROM point p JOIN landing_leads l ON l.phone_norm = p.value AND l.created_at >= p.since AND l.created_at < p.until
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.sale_id, p.tie, l.*
    FROM point p
    JOIN landing_lead_phones o ON o.phone = p.value
    JOIN landing_leads l ON l.id = o.lead_id AND l.created_at >= p.since AND l.created_at < p.until
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.sale_id, 3, l.*
    FROM point p JOIN landing_leads l ON l.email_norm = p.value AND l.created_at >= p.since AND l.created_at < p.until
    WHERE p.kind = 'email')
SELECT f.sale_id, f.tie, f.created_at, t.locked, t.team_id,
       CASE WHEN NOT t.locked THEN
           marks_key(f.utm_source, f.utm_medium, f.utm_campaign, f.utm_content, f.utm_term, f.utm_id, f.funnel,
                     t.lead_day, CAST(:known AS text[]), CAST(:starts AS date[])) END AS key
FROM found f
JOIN lead_tracking t ON t.lead_id = f.id
