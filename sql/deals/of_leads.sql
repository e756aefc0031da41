-- The deals whose history one of these leads may belong to: of its person, of a contact with one of its points, tied to
-- it, of the same contact as the tied deal, or explained by it so far.
WITH lead AS (
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads WHERE id = ANY(CAST(:lead_ids AS uuid[]))),
point AS (
    SELECT 'phone' AS kind, phone_norm AS value FROM lead WHERE phone_norm IS NOT NULL
    UNION
    SELECT 'phone', o.phone FROM lead JOIN landing_lead_phones o ON o.lead_id = lead.id
    UNION
    SELECT 'email', email_norm FROM lead WHERE email_norm IS NOT NULL),
tied AS (
    SELECT dc.contact_id FROM lead JOIN amocrm_deal_contacts dc ON dc.deal_id = lead.amocrm_lead_id)
SELECT d.deal_id
FROM point p
JOIN person_points k ON (k.kind, k.value) = (p.kind, p.value)
JOIN amocrm_deals d ON d.person_key = k.person_key
UNION
SELECT dc.deal_id FROM tied JOIN amocrm_deal_contacts dc USING (contact_id)
UNION
SELECT amocrm_lead_id FROM lead WHERE amocrm_lead_id IS NOT NULL
UNION
SELECT d.deal_id FROM amocrm_deals d WHERE d.landing_lead_id = ANY(CAST(:lead_ids AS uuid[]))
UNION
SELECT s.deal_id FROM all_sales_tracking s WHERE s.landing_lead_id = ANY(CAST(:lead_ids AS uuid[]))
