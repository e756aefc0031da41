-- The standing sales of some days that a change of the rules may move, as in preview_all_sales: those of a deal with a
-- mark it reaches (:sources, :campaigns, :ids) and those of a person with such a lead.
CREATE TEMP TABLE preview_sales ON COMMIT DROP AS
WITH lead AS MATERIALIZED (
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads
    WHERE utm_source = ANY (CAST(:sources AS text[]))
    UNION
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads
    WHERE utm_campaign = ANY (CAST(:campaigns AS text[]))
    UNION
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads
    WHERE utm_content = ANY (CAST(:ids AS text[]))
    UNION
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads
    WHERE utm_id = ANY (CAST(:ids AS text[]))),
point AS (
    SELECT 'phone' AS kind, phone_norm AS value FROM lead WHERE phone_norm IS NOT NULL
    UNION
    SELECT 'phone', o.phone FROM lead JOIN landing_lead_phones o ON o.lead_id = lead.id
    UNION
    SELECT 'email', email_norm FROM lead WHERE email_norm IS NOT NULL),
person AS MATERIALIZED (
    SELECT DISTINCT k.person_key FROM point p JOIN person_points k ON (k.kind, k.value) = (p.kind, p.value)),
contact AS MATERIALIZED (
    SELECT DISTINCT dc.contact_id FROM lead JOIN amocrm_deal_contacts dc ON dc.deal_id = lead.amocrm_lead_id)
SELECT s.id AS sale_id, s.deal_id, s.contact_id, s.payment_of, s.sale_date, s.sale_day, s.team_id, s.sale_amount,
       coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key, coalesce(d.sure_key, 'deal:' || s.deal_id) AS sure_key,
       marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id,
                 CASE WHEN d.deal_id IS NULL THEN s.product ELSE p.product END, coalesce(d.created_day, s.sale_day),
                 CAST(:known AS text[]), CAST(:starts AS date[])) AS key
FROM all_sales_tracking s
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE s.sale_day BETWEEN :first_day AND :last_day AND NOT s.is_reversed AND NOT s.locked
  AND (d.utm_source = ANY (CAST(:sources AS text[])) OR d.utm_campaign = ANY (CAST(:campaigns AS text[]))
       OR d.utm_content = ANY (CAST(:ids AS text[])) OR d.utm_id = ANY (CAST(:ids AS text[]))
       OR d.person_key IN (SELECT person_key FROM person) OR s.contact_id IN (SELECT contact_id FROM contact)
       OR s.deal_id IN (SELECT amocrm_lead_id FROM lead WHERE amocrm_lead_id IS NOT NULL))
