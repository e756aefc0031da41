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

-- The points of whoever hangs together get the smallest number among them: what moved in one round is all that the next
-- one looks at. Works on the temporary tables of join_all_persons.
CREATE FUNCTION join_labels(with_emails boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE labels AS
        SELECT point, point AS label FROM all_points WHERE NOT is_shared AND (with_emails OR kind <> 'email');
    CREATE UNIQUE INDEX ON labels (point);
    CREATE TEMP TABLE ties AS
        SELECT owner, point FROM (SELECT owner, point, count(*) OVER (PARTITION BY owner) AS held
                                  FROM (SELECT DISTINCT l.owner, l.point FROM all_links l JOIN labels USING (point)) d) t
        WHERE held > 1;
    CREATE INDEX ON ties (owner);
    CREATE INDEX ON ties (point);
    CREATE TEMP TABLE active AS SELECT DISTINCT owner FROM ties;
    ANALYZE labels; ANALYZE ties; ANALYZE active;
    WHILE EXISTS (SELECT FROM active) LOOP
        CREATE TEMP TABLE next_active AS
            SELECT t.owner, min(l.label) AS label FROM active a JOIN ties t USING (owner) JOIN labels l USING (point)
            GROUP BY t.owner;
        CREATE TEMP TABLE moved (point bigint);
        WITH better AS (
            SELECT t.point, min(n.label) AS label FROM next_active n JOIN ties t USING (owner) GROUP BY t.point),
        changed AS (
            UPDATE labels l SET label = b.label FROM better b
            WHERE b.point = l.point AND b.label < l.label
            RETURNING l.point)
        INSERT INTO moved SELECT point FROM changed;
        TRUNCATE active;
        INSERT INTO active SELECT DISTINCT t.owner FROM moved m JOIN ties t USING (point);
        DROP TABLE next_active; DROP TABLE moved;
        ANALYZE active;
    END LOOP;
    DROP TABLE ties; DROP TABLE active;
END $$;

-- Everybody joined anew; answers the persons that are others than before, under their old and new keys.
CREATE FUNCTION join_all_persons(points_limit integer, names_limit integer) RETURNS SETOF text
LANGUAGE plpgsql SET work_mem = '128MB' AS $$
BEGIN
    CREATE TEMP TABLE all_links AS
        SELECT dense_rank() OVER (ORDER BY contact_id, lead_id) AS owner, kind, value, lower(btrim(name)) AS name,
               CAST(NULL AS bigint) AS point
        FROM (SELECT CASE WHEN lead_id IS NULL THEN contact_id END AS contact_id, lead_id, name, kind, value
              FROM person_links) given;
    CREATE TEMP TABLE all_points AS
        SELECT row_number() OVER (ORDER BY CASE kind WHEN 'phone' THEN 1 WHEN 'email' THEN 2 ELSE 3 END,
                                           value COLLATE "C") AS point,
               kind, value, false AS is_shared
        FROM (SELECT DISTINCT kind, value FROM all_links) given;
    CREATE UNIQUE INDEX ON all_points (kind, value);
    ANALYZE all_links; ANALYZE all_points;
    CREATE TEMP TABLE numbered AS
        SELECT l.owner, p.point, l.kind, l.name FROM all_links l JOIN all_points p USING (kind, value);
    DROP TABLE all_links;
    ALTER TABLE numbered RENAME TO all_links;
    CREATE INDEX ON all_links (owner);
    CREATE INDEX ON all_links (point);
    ANALYZE all_links;
    -- Only a point with enough beside it can be shared; only of those the neighbours are counted one by one.
    WITH sizes AS (
        SELECT owner, count(DISTINCT point) AS held FROM all_links GROUP BY owner),
    suspects AS (
        SELECT l.point FROM all_links l JOIN sizes USING (owner)
        GROUP BY l.point HAVING sum(held - 1) > points_limit OR count(*) > names_limit),
    shared AS (
        SELECT s.point
        FROM suspects s
        JOIN all_links a ON a.point = s.point
        JOIN all_links b ON b.owner = a.owner
        GROUP BY s.point, a.kind
        HAVING count(DISTINCT b.point) FILTER (WHERE b.kind = 'phone' AND b.point <> s.point) > points_limit
            OR count(DISTINCT b.point) FILTER (WHERE b.kind = 'email' AND b.point <> s.point) > points_limit
            OR (a.kind <> 'contact' AND count(DISTINCT b.name) > names_limit))
    UPDATE all_points p SET is_shared = true FROM shared s WHERE s.point = p.point;
    PERFORM join_labels(true);
    ALTER TABLE labels RENAME TO person_labels;
    PERFORM join_labels(false);
    CREATE TEMP TABLE fresh_points AS
        SELECT p.kind, p.value, coalesce(w.kind || ':' || w.value, p.kind || ':' || p.value) AS person_key,
               CASE WHEN p.kind <> 'email'
                    THEN coalesce(s.kind || ':' || s.value, p.kind || ':' || p.value) END AS sure_key, p.is_shared
        FROM all_points p
        LEFT JOIN person_labels l USING (point)
        LEFT JOIN all_points w ON w.point = l.label
        LEFT JOIN labels m ON m.point = p.point
        LEFT JOIN all_points s ON s.point = m.label;
    CREATE UNIQUE INDEX ON fresh_points (kind, value);
    ANALYZE fresh_points;
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
    DROP TABLE all_links; DROP TABLE all_points; DROP TABLE fresh_points; DROP TABLE labels; DROP TABLE person_labels;
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
REVOKE ALL ON FUNCTION join_all_persons(integer, integer), join_labels(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION join_all_persons(integer, integer), join_labels(boolean) TO traffic_jobs;
