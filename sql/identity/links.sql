-- Who holds one of these points (:phones, :emails, :contacts), with everything else they hold, owner by owner; and of
-- the points those that too many people share (without an owner), whose owners are not followed.
WITH owners AS MATERIALIZED (
    SELECT contact_id, lead_id, kind, value FROM person_links
    WHERE kind = 'phone' AND value = ANY (CAST(:phones AS text[]))
    UNION
    SELECT contact_id, lead_id, kind, value FROM person_links
    WHERE kind = 'email' AND value = ANY (CAST(:emails AS text[]))
    UNION
    SELECT contact_id, lead_id, kind, value FROM person_links
    WHERE kind = 'contact' AND id = ANY (CAST(:contacts AS bigint[]))),
-- By lists, not by joins: so every part of the view is entered by its index.
held AS MATERIALIZED (
    SELECT contact_id, CAST(NULL AS uuid) AS lead_id, kind, value, name FROM person_links
    WHERE lead_id IS NULL AND contact_id = ANY (ARRAY(SELECT contact_id FROM owners WHERE lead_id IS NULL))
    UNION ALL
    SELECT NULL, lead_id, kind, value, name FROM person_links
    WHERE lead_id = ANY (ARRAY(SELECT lead_id FROM owners WHERE lead_id IS NOT NULL))),
beside AS MATERIALIZED (
    SELECT o.kind, o.value, 'c' || o.contact_id AS owner, h.kind AS other_kind, h.value AS other,
           lower(btrim(h.name)) AS name
    FROM owners o JOIN held h ON h.contact_id = o.contact_id
    WHERE o.lead_id IS NULL
    UNION ALL
    SELECT o.kind, o.value, CAST(o.lead_id AS text), h.kind, h.value, lower(btrim(h.name))
    FROM owners o JOIN held h ON h.lead_id = o.lead_id),
shared AS (
    SELECT kind, value
    FROM beside
    GROUP BY kind, value
    HAVING count(DISTINCT other) FILTER (WHERE other_kind = 'phone' AND (kind, value) <> (other_kind, other))
               > :points_limit
        OR count(DISTINCT other) FILTER (WHERE other_kind = 'email' AND (kind, value) <> (other_kind, other))
               > :points_limit
        OR (kind <> 'contact' AND count(DISTINCT name) > :names_limit))
SELECT DISTINCT b.owner, b.other_kind AS kind, b.other AS value
FROM beside b
WHERE NOT EXISTS (SELECT FROM shared s WHERE (s.kind, s.value) = (b.kind, b.value))
UNION ALL
SELECT NULL, kind, value FROM shared
