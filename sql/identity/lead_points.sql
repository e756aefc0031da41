-- What the leads of these deliveries hold, and those tied to one of these deals, with the contacts of the deals.
WITH lead AS (
    SELECT id FROM landing_leads WHERE event_id = ANY (CAST(:event_ids AS uuid[]))
    UNION
    SELECT id FROM landing_leads WHERE amocrm_lead_id = ANY (CAST(:deal_ids AS bigint[])))
-- By a list, not by a join: so every part of the view is entered by its index.
SELECT kind, value FROM person_links WHERE lead_id = ANY (ARRAY(SELECT id FROM lead))
UNION
SELECT 'contact', CAST(dc.contact_id AS text)
FROM landing_leads l
JOIN amocrm_deal_contacts dc ON dc.deal_id = l.amocrm_lead_id
WHERE l.amocrm_lead_id = ANY (CAST(:deal_ids AS bigint[]))
