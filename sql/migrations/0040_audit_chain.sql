-- Every entry of the audit log is a link of a chain: its hash covers the entry and the hash of the link before it. Whoever
-- changes, removes or adds an entry later, even as owner of the tables, breaks the chain (`flask --app app audit verify`).
-- Invariant: links are made by the trigger, at commit, one transaction after the other; the product can only add.

CREATE TABLE audit_chain (
    seq       bigint PRIMARY KEY CHECK (seq > 0),   -- without gaps, in order of commit
    entry_id  bigint NOT NULL UNIQUE,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- What is hashed. jsonb writes numbers, texts and nulls in one form only, whatever the settings of the session are.
CREATE FUNCTION audit_entry_hash(previous bytea, entry audit_log) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(previous || convert_to(CAST(jsonb_build_array(
        entry.id, extract(epoch FROM entry.happened_at), entry.user_id, entry.action, entry.object_type, entry.object_id,
        entry.before, entry.after, CAST(entry.address AS text), entry.request_id) AS text), 'UTF8'));

CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last audit_chain;
BEGIN
    -- Held until the commit is visible, so the next one finds this link.
    PERFORM pg_advisory_xact_lock(7216355040);
    SELECT * INTO last FROM audit_chain ORDER BY seq DESC LIMIT 1;
    INSERT INTO audit_chain (seq, entry_id, hash)
    VALUES (coalesce(last.seq, 0) + 1, NEW.id, audit_entry_hash(coalesce(last.hash, ''), NEW));
    RETURN NULL;
END
$$;

-- Entries written before there was a chain. Row security of the log is forced for its owner as well.
ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
    entry audit_log;
    place bigint := 0;
    last bytea := '';
BEGIN
    FOR entry IN SELECT * FROM audit_log ORDER BY id LOOP
        place := place + 1;
        last := audit_entry_hash(last, entry);
        INSERT INTO audit_chain (seq, entry_id, hash) VALUES (place, entry.id, last);
    END LOOP;
END
$$;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;

-- At commit: the wait for the link before is short and takes no other lock, so nobody waits in a circle.
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();

CREATE INDEX audit_log_user_id_idx ON audit_log (user_id, id DESC);
CREATE INDEX audit_log_action_idx ON audit_log (action, id DESC);
CREATE INDEX audit_log_object_idx ON audit_log (object_type, object_id, id DESC);

GRANT SELECT, INSERT ON audit_chain TO traffic_app, traffic_jobs;
ALTER TABLE audit_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_chain FORCE ROW LEVEL SECURITY;
-- A link names no person and no deed. Only the trigger adds one.
CREATE POLICY jobs_read ON audit_chain FOR SELECT TO traffic_jobs USING (true);
CREATE POLICY jobs_insert ON audit_chain FOR INSERT TO traffic_jobs WITH CHECK (pg_trigger_depth() > 0);
CREATE POLICY reads ON audit_chain FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY inserts ON audit_chain FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer()) IS NOT NULL AND pg_trigger_depth() > 0);
