-- The deals of these contacts.
SELECT DISTINCT deal_id FROM amocrm_deal_contacts WHERE contact_id = ANY(:contact_ids)
