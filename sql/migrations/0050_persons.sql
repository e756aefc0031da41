-- One person behind several contacts, phones and addresses: points of people, joined transitively.

-- What ties points together: a contact of amoCRM holds its own id, phones and addresses, a lead its phones and its
-- address, and the contact of the deal it made.
CREATE VIEW lead_contacts WITH (security_invoker = true) AS
    SELECT l.id AS lead_id, l.name, dc.contact_id
    FROM landing_leads l
    JOIN amocrm_deal_contacts dc ON dc.deal_id = l.amocrm_lead_id
    -- The one main contact, or the only one: who of several made the lead is not known.
    WHERE NOT EXISTS (SELECT FROM amocrm_deal_contacts o
                      WHERE o.deal_id = dc.deal_id AND o.contact_id <> dc.contact_id AND o.is_main >= dc.is_main);

CREATE VIEW person_links WITH (security_invoker = true) AS
    SELECT contact_id, CAST(NULL AS uuid) AS lead_id, name, 'contact' AS kind, CAST(contact_id AS text) AS value,
           contact_id AS id
    FROM amocrm_contacts
    UNION ALL
    SELECT contact_id, NULL, name, 'phone', phone_norm, NULL FROM amocrm_contacts WHERE phone_norm IS NOT NULL
    UNION ALL
    SELECT contact_id, NULL, name, 'email', email_norm, NULL FROM amocrm_contacts WHERE email_norm IS NOT NULL
    UNION ALL
    SELECT contact_id, NULL, NULL, kind, value, NULL FROM amocrm_contact_points
    UNION ALL
    SELECT NULL, id, name, 'phone', phone_norm, NULL FROM landing_leads WHERE phone_norm IS NOT NULL
    UNION ALL
    SELECT NULL, id, name, 'email', email_norm, NULL FROM landing_leads WHERE email_norm IS NOT NULL
    UNION ALL
    SELECT NULL, lead_id, NULL, 'phone', phone, NULL FROM landing_lead_phones
    UNION ALL
    SELECT NULL, lead_id, name, 'contact', CAST(contact_id AS text), contact_id FROM lead_contacts;

CREATE TABLE person_points (
    kind        text NOT NULL CHECK (kind IN ('phone', 'email', 'contact')),
    value       text NOT NULL,              -- E.164, the address in lower case, the id of the contact
    person_key  text NOT NULL,              -- the first point of the person: a phone, else an address, else a contact
    sure_key    text,                       -- the same without asking addresses, which are a weak sign; NULL for those
    is_shared   boolean NOT NULL DEFAULT false,   -- of too many people to join anybody
    PRIMARY KEY (kind, value)
);
CREATE INDEX person_points_person_idx ON person_points (person_key);

-- Points that changed and wait to be joined: written with the change, taken by whoever settles deals.
CREATE TABLE people_to_join (
    kind   text NOT NULL,
    value  text NOT NULL,
    PRIMARY KEY (kind, value)
);

ALTER TABLE amocrm_deals ADD COLUMN sure_key text NOT NULL DEFAULT '';

-- Everybody joined anew; answers the persons that are others than before, under their old and new keys.
-- The labels of an owner's points become the smallest of them until nothing changes any more.
CREATE FUNCTION join_all_persons(points_limit integer, names_limit integer) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    CREATE TEMP TABLE all_links ON COMMIT DROP AS
        SELECT DISTINCT coalesce('c' || contact_id, CAST(lead_id AS text)) AS owner, kind, value,
               lower(btrim(name)) AS name
        FROM person_links;
    CREATE INDEX ON all_links (owner);
    ANALYZE all_links;
    CREATE TEMP TABLE all_points ON COMMIT DROP AS
        SELECT a.kind, a.value,
               CASE a.kind WHEN 'phone' THEN '1' WHEN 'email' THEN '2' ELSE '3' END || a.kind || ':' || a.value AS person,
               CASE a.kind WHEN 'phone' THEN '1' WHEN 'email' THEN '2' ELSE '3' END || a.kind || ':' || a.value AS sure,
               count(DISTINCT b.value) FILTER (WHERE b.kind = 'phone' AND (a.kind, a.value) <> (b.kind, b.value))
                   > points_limit
               OR count(DISTINCT b.value) FILTER (WHERE b.kind = 'email' AND (a.kind, a.value) <> (b.kind, b.value))
                   > points_limit
               OR (a.kind <> 'contact' AND count(DISTINCT b.name) > names_limit) AS is_shared
        FROM all_links a JOIN all_links b USING (owner)
        GROUP BY a.kind, a.value;
    CREATE UNIQUE INDEX ON all_points (kind, value);
    DELETE FROM all_links l USING all_points p WHERE p.kind = l.kind AND p.value = l.value AND p.is_shared;
    ANALYZE all_links; ANALYZE all_points;
    LOOP
        WITH smallest AS (
            SELECT l.owner, min(p.person COLLATE "C") AS person
            FROM all_links l JOIN all_points p USING (kind, value) GROUP BY l.owner),
        better AS (
            SELECT l.kind, l.value, min(s.person COLLATE "C") AS person
            FROM all_links l JOIN smallest s USING (owner) GROUP BY l.kind, l.value)
        UPDATE all_points p SET person = b.person
        FROM better b
        WHERE (b.kind, b.value) = (p.kind, p.value) AND b.person <> p.person;
        GET DIAGNOSTICS changed = ROW_COUNT;
        EXIT WHEN changed = 0;
    END LOOP;
    LOOP
        WITH smallest AS (
            SELECT l.owner, min(p.sure COLLATE "C") AS sure
            FROM all_links l JOIN all_points p USING (kind, value) WHERE l.kind <> 'email' GROUP BY l.owner),
        better AS (
            SELECT l.kind, l.value, min(s.sure COLLATE "C") AS sure
            FROM all_links l JOIN smallest s USING (owner) WHERE l.kind <> 'email' GROUP BY l.kind, l.value)
        UPDATE all_points p SET sure = b.sure
        FROM better b
        WHERE (b.kind, b.value) = (p.kind, p.value) AND b.sure <> p.sure;
        GET DIAGNOSTICS changed = ROW_COUNT;
        EXIT WHEN changed = 0;
    END LOOP;
    CREATE TEMP TABLE fresh_points ON COMMIT DROP AS
        SELECT kind, value, substr(person, 2) AS person_key,
               CASE WHEN kind <> 'email' THEN substr(sure, 2) END AS sure_key, is_shared
        FROM all_points;
    RETURN QUERY
        WITH other AS (
            SELECT o.person_key AS old_key, n.person_key AS new_key
            FROM person_points o FULL JOIN fresh_points n USING (kind, value)
            WHERE (o.person_key, o.sure_key, o.is_shared) IS DISTINCT FROM (n.person_key, n.sure_key, n.is_shared))
        SELECT old_key FROM other WHERE old_key IS NOT NULL UNION SELECT new_key FROM other WHERE new_key IS NOT NULL;
    DELETE FROM person_points o
    WHERE NOT EXISTS (SELECT FROM fresh_points n WHERE (n.kind, n.value) = (o.kind, o.value));
    INSERT INTO person_points AS o (kind, value, person_key, sure_key, is_shared)
    SELECT n.kind, n.value, n.person_key, n.sure_key, n.is_shared FROM fresh_points n
    ON CONFLICT (kind, value) DO UPDATE SET
        person_key = excluded.person_key, sure_key = excluded.sure_key, is_shared = excluded.is_shared
    WHERE (o.person_key, o.sure_key, o.is_shared)
          IS DISTINCT FROM (excluded.person_key, excluded.sure_key, excluded.is_shared);
    DROP TABLE all_links; DROP TABLE all_points; DROP TABLE fresh_points;
END $$;

-- Everybody who is stored already is joined at the next settling.
INSERT INTO people_to_join (kind, value) VALUES ('everybody', '');

ALTER TABLE person_points ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_points FORCE ROW LEVEL SECURITY;
ALTER TABLE people_to_join ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_to_join FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON person_points TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY jobs ON people_to_join TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON people_to_join FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
-- A team sees the points of people whose deals it sees, as it sees their phones in its sales.
CREATE POLICY reads ON person_points FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM amocrm_deals d WHERE d.person_key = person_points.person_key));
GRANT SELECT ON person_points, people_to_join, person_links, lead_contacts TO traffic_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON person_points, people_to_join TO traffic_jobs;
GRANT SELECT ON person_links, lead_contacts TO traffic_jobs;
REVOKE ALL ON FUNCTION join_all_persons(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION join_all_persons(integer, integer) TO traffic_jobs;
