-- When anything was last heard of a person: a form, a change of a contact, a deal.
SELECT max(at) AS at FROM (
    SELECT created_at AS at FROM landing_leads WHERE id = ANY(CAST(:lead_ids AS uuid[]))
    UNION ALL SELECT modified_at FROM amocrm_contacts WHERE contact_id = ANY(:contact_ids)
    UNION ALL SELECT modified_at FROM amocrm_deals WHERE deal_id = ANY(:deal_ids)) AS heard
