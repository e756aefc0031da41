-- What the leads of these records hold, with the contacts of the deals they are tied to.
WITH lead AS (
    SELECT id, amocrm_lead_id FROM landing_leads WHERE import_record_id = ANY (CAST(:records AS bigint[])))
SELECT k.kind, k.value FROM lead JOIN person_links k ON k.lead_id = lead.id
UNION
SELECT 'contact', CAST(dc.contact_id AS text)
FROM lead
JOIN amocrm_deal_contacts dc ON dc.deal_id = lead.amocrm_lead_id
