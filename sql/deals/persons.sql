-- Who stands behind each deal: the contact it names itself (main_id), else a main one, one with a phone or an e-mail
-- before one without; beside it the lead tied to the deal.
SELECT DISTINCT ON (given.deal_id)
       given.deal_id, coalesce(c.contact_id, dc.contact_id) AS contact_id, c.name, c.phone, c.phone_norm, c.email,
       c.email_norm, l.id AS lead_id, l.name AS lead_name, l.phone AS lead_phone, l.phone_norm AS lead_phone_norm,
       l.email AS lead_email, l.email_norm AS lead_email_norm
FROM unnest(CAST(:deal_ids AS bigint[]), CAST(:main_ids AS bigint[])) AS given (deal_id, main_id)
LEFT JOIN amocrm_deal_contacts dc ON dc.deal_id = given.deal_id
LEFT JOIN amocrm_contacts c ON c.contact_id = dc.contact_id
LEFT JOIN landing_leads l ON l.amocrm_lead_id = given.deal_id
ORDER BY given.deal_id,
         (coalesce(c.phone_norm, c.email_norm) IS NOT NULL) DESC,
         (dc.contact_id IS NOT DISTINCT FROM given.main_id) DESC,
         coalesce(dc.is_main, false) DESC, dc.contact_id
