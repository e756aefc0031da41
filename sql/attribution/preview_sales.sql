-- The standing sales of some days that a change of the rules may move, each with what rules can ask of its own marks:
-- those with a mark it reaches (:sources, :campaigns, :ids) and those of a person with such a lead.
CREATE TEMP TABLE preview_sales ON COMMIT DROP AS
WITH lead AS MATERIALIZED (
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads WHERE utm_source = ANY (CAST(:sources AS text[]))
    UNION
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads WHERE utm_campaign = ANY (CAST(:campaigns AS text[]))
    UNION
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads WHERE utm_content = ANY (CAST(:ids AS text[]))
    UNION
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads WHERE utm_id = ANY (CAST(:ids AS text[]))),
phone AS MATERIALIZED (
    SELECT phone_norm AS value FROM lead WHERE phone_norm IS NOT NULL
    UNION
    SELECT o.phone FROM lead JOIN landing_lead_phones o ON o.lead_id = lead.id),
email AS MATERIALIZED (
    SELECT DISTINCT email_norm AS value FROM lead WHERE email_norm IS NOT NULL),
contact AS MATERIALIZED (
    SELECT c.contact_id FROM amocrm_contact_points c JOIN phone ON phone.value = c.value WHERE c.kind = 'phone'
    UNION
    SELECT c.contact_id FROM amocrm_contact_points c JOIN email ON email.value = c.value WHERE c.kind = 'email'
    UNION
    SELECT dc.contact_id FROM lead JOIN amocrm_deal_contacts dc ON dc.deal_id = lead.amocrm_lead_id)
SELECT s.id AS sale_id, s.deal_id, s.contact_id, s.contact_phone, s.contact_email, s.sale_date, s.sale_day, s.team_id,
       s.sale_amount,
       marks_key(s.utm_source, s.utm_medium, s.utm_campaign, s.utm_content, s.utm_term, s.utm_id,
                 CASE WHEN d.deal_id IS NULL THEN s.product ELSE p.product END, coalesce(d.created_day, s.sale_day),
                 CAST(:known AS text[]), CAST(:starts AS date[])) AS key
FROM all_sales_tracking s
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE s.sale_day BETWEEN :first_day AND :last_day AND NOT s.is_reversed AND NOT s.locked
  AND (s.utm_source = ANY (CAST(:sources AS text[])) OR s.utm_campaign = ANY (CAST(:campaigns AS text[]))
       OR s.utm_content = ANY (CAST(:ids AS text[])) OR s.utm_id = ANY (CAST(:ids AS text[]))
       OR s.contact_phone IN (SELECT value FROM phone) OR s.contact_email IN (SELECT value FROM email)
       OR s.contact_id IN (SELECT contact_id FROM contact)
       OR s.deal_id IN (SELECT amocrm_lead_id FROM lead WHERE amocrm_lead_id IS NOT NULL))
