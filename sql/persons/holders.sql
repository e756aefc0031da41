-- Who holds one of these phones or e-mails, and every phone and e-mail each of them holds: a row for each.
WITH contacts AS (
    SELECT contact_id FROM amocrm_contacts WHERE phone_norm = ANY(:phones)
    UNION SELECT contact_id FROM amocrm_contacts WHERE email_norm = ANY(:emails)
    UNION SELECT contact_id FROM amocrm_contact_points WHERE kind = 'phone' AND value = ANY(:phones)
    UNION SELECT contact_id FROM amocrm_contact_points WHERE kind = 'email' AND value = ANY(:emails)
), leads AS (
    SELECT id FROM landing_leads WHERE phone_norm = ANY(:phones)
    UNION SELECT id FROM landing_leads WHERE email_norm = ANY(:emails)
    UNION SELECT lead_id FROM landing_lead_phones WHERE phone = ANY(:phones)
)
SELECT 'contact' AS holder, CAST(c.contact_id AS text) AS id, c.phone_norm AS phone, c.email_norm AS email
FROM amocrm_contacts c JOIN contacts USING (contact_id)
UNION ALL
SELECT 'contact', CAST(p.contact_id AS text), CASE p.kind WHEN 'phone' THEN p.value END,
       CASE p.kind WHEN 'email' THEN p.value END
FROM amocrm_contact_points p JOIN contacts USING (contact_id)
UNION ALL
SELECT 'lead', CAST(l.id AS text), l.phone_norm, l.email_norm FROM landing_leads l JOIN leads USING (id)
UNION ALL
SELECT 'lead', CAST(o.lead_id AS text), o.phone, NULL FROM landing_lead_phones o JOIN leads ON leads.id = o.lead_id
