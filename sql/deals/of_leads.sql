-- The deals whose history one of these leads may belong to: tied to it, of the same contact as the tied deal, of a
-- contact with the lead's phone or e-mail, tied to another lead of the same person, or explained by it so far.
WITH lead AS (
    SELECT id, phone_norm, email_norm, amocrm_lead_id FROM landing_leads WHERE id = ANY(CAST(:lead_ids AS uuid[]))),
phone AS (
    SELECT phone_norm AS value FROM lead WHERE phone_norm IS NOT NULL
    UNION
    SELECT o.phone FROM lead JOIN landing_lead_phones o ON o.lead_id = lead.id),
person AS (
    SELECT c.contact_id FROM phone JOIN amocrm_contacts c ON c.phone_norm = phone.value
    UNION
    SELECT c.contact_id FROM phone JOIN amocrm_contact_points c ON c.value = phone.value AND c.kind = 'phone'
    UNION
    SELECT c.contact_id FROM lead JOIN amocrm_contact_points c ON c.value = lead.email_norm AND c.kind = 'email'
    UNION
    SELECT c.contact_id FROM lead JOIN amocrm_contacts c ON c.email_norm = lead.email_norm
    UNION
    SELECT dc.contact_id FROM lead JOIN amocrm_deal_contacts dc ON dc.deal_id = lead.amocrm_lead_id)
SELECT dc.deal_id FROM person JOIN amocrm_deal_contacts dc USING (contact_id)
UNION
SELECT amocrm_lead_id FROM lead WHERE amocrm_lead_id IS NOT NULL
UNION
SELECT other.amocrm_lead_id FROM phone JOIN landing_leads other ON other.phone_norm = phone.value
WHERE other.amocrm_lead_id IS NOT NULL
UNION
SELECT other.amocrm_lead_id FROM lead JOIN landing_leads other ON other.email_norm = lead.email_norm
WHERE other.amocrm_lead_id IS NOT NULL
UNION
SELECT d.deal_id FROM amocrm_deals d WHERE d.landing_lead_id = ANY(CAST(:lead_ids AS uuid[]))
UNION
SELECT s.deal_id FROM all_sales_tracking s WHERE s.landing_lead_id = ANY(CAST(:lead_ids AS uuid[]))
