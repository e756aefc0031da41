-- The deals of a person: tied to a contact or a lead, counted under a phone or e-mail, or sold to one.
SELECT deal_id FROM amocrm_deal_contacts WHERE contact_id = ANY(:contact_ids)
UNION SELECT deal_id FROM amocrm_deals WHERE contact_id = ANY(:contact_ids)
UNION SELECT deal_id FROM amocrm_deals WHERE person_key = ANY(:keys)
UNION SELECT deal_id FROM all_sales_tracking WHERE contact_id = ANY(:contact_ids)
UNION SELECT deal_id FROM all_sales_tracking WHERE contact_phone = ANY(:phones) OR contact_email = ANY(:emails)
UNION SELECT amocrm_lead_id FROM landing_leads WHERE id = ANY(CAST(:lead_ids AS uuid[])) AND amocrm_lead_id IS NOT NULL
