-- Who stands behind each deal: the contact it names itself (main_id), else a main one, one with a phone or an e-mail
-- before one without; beside it the lead tied to the deal. Its person is the contact's; without a contact the lead's, by
-- a point that is not shared; else the deal is a person of its own.
WITH found AS (
    SELECT DISTINCT ON (given.deal_id)
           given.deal_id, coalesce(c.contact_id, dc.contact_id) AS contact_id,
           coalesce(c.contact_id, dc.contact_id, given.main_id) AS person_contact, c.name, c.phone, c.phone_norm,
           c.email, c.email_norm, l.id AS lead_id, l.name AS lead_name, l.phone AS lead_phone,
           l.phone_norm AS lead_phone_norm, l.email AS lead_email, l.email_norm AS lead_email_norm
    FROM unnest(CAST(:deal_ids AS bigint[]), CAST(:main_ids AS bigint[])) AS given (deal_id, main_id)
    LEFT JOIN amocrm_deal_contacts dc ON dc.deal_id = given.deal_id
    LEFT JOIN amocrm_contacts c ON c.contact_id = dc.contact_id
    LEFT JOIN landing_leads l ON l.amocrm_lead_id = given.deal_id
    ORDER BY given.deal_id,
             (coalesce(c.phone_norm, c.email_norm) IS NOT NULL) DESC,
             (dc.contact_id IS NOT DISTINCT FROM given.main_id) DESC,
             coalesce(dc.is_main, false) DESC, dc.contact_id)
SELECT f.deal_id, f.contact_id, f.name, f.phone, f.phone_norm, f.email, f.email_norm, f.lead_id, f.lead_name,
       f.lead_phone, f.lead_phone_norm, f.lead_email, f.lead_email_norm,
       coalesce(own.person_key, 'contact:' || f.person_contact, by_phone.person_key, by_email.person_key,
                'deal:' || f.deal_id) AS person_key,
       coalesce(own.sure_key, 'contact:' || f.person_contact, by_phone.sure_key, 'deal:' || f.deal_id) AS sure_key
FROM found f
LEFT JOIN person_points own ON own.kind = 'contact' AND own.value = CAST(f.person_contact AS text)
LEFT JOIN person_points by_phone
  ON by_phone.kind = 'phone' AND by_phone.value = f.lead_phone_norm AND NOT by_phone.is_shared
LEFT JOIN person_points by_email
  ON by_email.kind = 'email' AND by_email.value = f.lead_email_norm AND NOT by_email.is_shared
