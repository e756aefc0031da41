-- The connection to amoCRM: tokens (encrypted), the pace all processes share, what was read of its history, and the
-- proofs that nothing differs.

CREATE TABLE amocrm_connection (
    only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    base_url       text NOT NULL,
    account_id     bigint NOT NULL,
    account_name   text NOT NULL DEFAULT '',
    access_token   bytea NOT NULL,          -- AES-GCM, bound to its purpose
    refresh_token  bytea NOT NULL,          -- works once
    expires_at     timestamptz NOT NULL,
    connected_by   uuid REFERENCES traffic_users (id),
    connected_at   timestamptz NOT NULL DEFAULT now(),
    refreshed_at   timestamptz NOT NULL DEFAULT now(),
    last_error     text
);

CREATE TABLE amocrm_oauth_states (
    state_hash  bytea PRIMARY KEY,          -- SHA-256 of the state, which works once
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- When the next call may be made, whichever process makes it.
CREATE TABLE amocrm_pace (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    next_at   timestamptz NOT NULL DEFAULT now()
);
INSERT INTO amocrm_pace DEFAULT VALUES;

-- Days of amoCRM's history that a run has read; a run that goes on leaves them out.
CREATE TABLE amocrm_days_read (
    first_day  date NOT NULL,               -- the range that was asked for
    last_day   date NOT NULL,
    day        date NOT NULL,
    deals      integer NOT NULL,
    read_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (first_day, last_day, day)
);

CREATE TABLE amocrm_reconciliations (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    checked_at          timestamptz NOT NULL DEFAULT now(),
    first_day           date NOT NULL,
    last_day            date NOT NULL,
    deals               integer NOT NULL,    -- won deals in amoCRM
    money               numeric(16, 2) NOT NULL,
    deals_found         integer NOT NULL,    -- deals that differed before anything was healed
    deals_left          integer NOT NULL,    -- and afterwards; 0 with no money left is the proof
    money_left          numeric(16, 2) NOT NULL,
    differences         jsonb NOT NULL DEFAULT '[]',
    hook                text NOT NULL DEFAULT 'unknown' CHECK (hook IN ('unknown', 'ok', 'subscribed', 'disabled'))
);
CREATE INDEX amocrm_reconciliations_checked_idx ON amocrm_reconciliations (checked_at DESC);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['amocrm_connection', 'amocrm_oauth_states', 'amocrm_pace', 'amocrm_days_read',
                                   'amocrm_reconciliations'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_jobs', guarded);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON amocrm_connection, amocrm_oauth_states TO traffic_app;
GRANT SELECT, UPDATE ON amocrm_pace TO traffic_app;
GRANT SELECT ON amocrm_days_read, amocrm_reconciliations TO traffic_app;
CREATE POLICY admin_connects ON amocrm_connection TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY own_states ON amocrm_oauth_states TO traffic_app
    USING ((SELECT viewer_is_admin()) AND user_id = (SELECT viewer_user()))
    WITH CHECK ((SELECT viewer_is_admin()) AND user_id = (SELECT viewer_user()));
CREATE POLICY admin_reads ON amocrm_pace FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
CREATE POLICY admin_paces ON amocrm_pace FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY reads ON amocrm_days_read FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
CREATE POLICY reads ON amocrm_reconciliations FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all()));
