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
beside AS MATERIALIZED (
    SELECT o.kind, o.value, 'c' || o.contact_id AS owner, k.kind AS other_kind, k.value AS other,
           lower(btrim(k.name)) AS name
    FROM owners o JOIN person_links k ON k.contact_id = o.contact_id AND k.lead_id IS NULL
    WHERE o.lead_id IS NULL
    UNION ALL
    SELECT o.kind, o.value, CAST(o.lead_id AS text), k.kind, k.value, lower(btrim(k.name))
    FROM owners o JOIN person_links k ON k.lead_id = o.lead_id),
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
