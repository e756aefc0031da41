-- Joins that look wrong, the most weighty first: a phone or an address that several differently named contacts share,
-- an address that came with several phones, a contact with many phones.
WITH points AS (
    SELECT contact_id, 'phone' AS kind, phone_norm AS value FROM amocrm_contacts WHERE phone_norm IS NOT NULL
    UNION
    SELECT contact_id, 'email', email_norm FROM amocrm_contacts WHERE email_norm IS NOT NULL
    UNION
    SELECT contact_id, kind, value FROM amocrm_contact_points),
shared AS (
    SELECT p.kind, p.value, array_agg(DISTINCT p.contact_id) AS contacts,
           array_agg(DISTINCT c.name) FILTER (WHERE c.name IS NOT NULL) AS names
    FROM points p JOIN amocrm_contacts c USING (contact_id)
    GROUP BY p.kind, p.value
    HAVING count(DISTINCT lower(btrim(c.name))) > 1),
phones_of_address AS (
    SELECT email_norm AS value, array_agg(DISTINCT phone_norm) AS phones
    FROM landing_leads
    WHERE email_norm IS NOT NULL AND phone_norm IS NOT NULL
    GROUP BY email_norm
    HAVING count(DISTINCT phone_norm) > 2),
many AS (
    SELECT contact_id, array_agg(DISTINCT value) AS phones
    FROM points WHERE kind = 'phone' GROUP BY contact_id HAVING count(DISTINCT value) > 3),
found AS (
    SELECT CASE kind WHEN 'phone' THEN 'phone_of_several_people' ELSE 'email_of_several_people' END AS why, value,
           contacts, coalesce(names, '{}') AS told
    FROM shared
    UNION ALL
    SELECT 'email_with_several_phones', value, CAST('{}' AS bigint[]), phones FROM phones_of_address
    UNION ALL
    SELECT 'contact_with_many_phones', CAST(contact_id AS text), ARRAY[contact_id], phones FROM many)
SELECT f.why, f.value, f.contacts, f.told,
       (SELECT count(*) FROM all_sales_tracking s
        WHERE s.contact_id = ANY (f.contacts) OR (f.why <> 'contact_with_many_phones'
              AND f.value IN (s.contact_phone, s.contact_email))) AS sales
FROM found f
ORDER BY cardinality(f.contacts) + cardinality(f.told) DESC, f.why, f.value
LIMIT :how_many
