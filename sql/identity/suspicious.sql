-- Joins that look wrong, the most weighty first: a point that too many people share to join anybody, a phone or an
-- address that several differently named contacts share, a chain that joins more differently named people than any
-- single point of it, an address that came with several phones, a contact with many phones.
WITH points AS (
    SELECT contact_id, 'phone' AS kind, phone_norm AS value FROM amocrm_contacts WHERE phone_norm IS NOT NULL
    UNION
    SELECT contact_id, 'email', email_norm FROM amocrm_contacts WHERE email_norm IS NOT NULL
    UNION
    SELECT contact_id, kind, value FROM amocrm_contact_points),
held AS (
    SELECT p.kind, p.value, array_agg(DISTINCT p.contact_id) AS contacts,
           array_agg(DISTINCT c.name) FILTER (WHERE c.name IS NOT NULL) AS names,
           count(DISTINCT lower(btrim(c.name))) AS people
    FROM points p JOIN amocrm_contacts c USING (contact_id)
    GROUP BY p.kind, p.value),
joined AS (
    SELECT k.person_key, array_agg(DISTINCT c.contact_id) AS contacts,
           array_agg(DISTINCT c.name) FILTER (WHERE c.name IS NOT NULL) AS names,
           count(DISTINCT lower(btrim(c.name))) AS people
    FROM person_points k JOIN amocrm_contacts c ON k.kind = 'contact' AND CAST(k.value AS bigint) = c.contact_id
    GROUP BY k.person_key
    HAVING count(DISTINCT lower(btrim(c.name))) > 1),
widest AS (
    SELECT k.person_key, max(h.people) AS people
    FROM person_points k JOIN held h ON (h.kind, h.value) = (k.kind, k.value)
    GROUP BY k.person_key),
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
    SELECT 'shared_by_too_many' AS why, k.value, coalesce(h.contacts, '{}') AS contacts, coalesce(h.names, '{}') AS told
    FROM person_points k LEFT JOIN held h ON (h.kind, h.value) = (k.kind, k.value)
    WHERE k.is_shared AND k.kind <> 'contact'
    UNION ALL
    SELECT CASE h.kind WHEN 'phone' THEN 'phone_of_several_people' ELSE 'email_of_several_people' END, h.value,
           h.contacts, coalesce(h.names, '{}')
    FROM held h LEFT JOIN person_points k ON (h.kind, h.value) = (k.kind, k.value)
    WHERE h.people > 1 AND NOT coalesce(k.is_shared, false)
    UNION ALL
    SELECT 'chain_of_several_people', j.person_key, j.contacts, coalesce(j.names, '{}')
    FROM joined j JOIN widest w USING (person_key)
    WHERE j.people > w.people
    UNION ALL
    SELECT 'email_with_several_phones', value, CAST('{}' AS bigint[]), phones FROM phones_of_address
    UNION ALL
    SELECT 'contact_with_many_phones', CAST(contact_id AS text), ARRAY[contact_id], phones FROM many)
SELECT f.why, f.value, f.contacts, f.told,
       (SELECT count(*) FROM all_sales_tracking s
        WHERE s.contact_id = ANY (f.contacts)
           OR (f.why NOT IN ('contact_with_many_phones', 'chain_of_several_people')
               AND f.value IN (s.contact_phone, s.contact_email))) AS sales
FROM found f
ORDER BY cardinality(f.contacts) + cardinality(f.told) DESC, f.why, f.value
LIMIT :how_many
