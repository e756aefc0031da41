-- The second factor, the steps between password and session, links that set a password, devices that signed in before.
-- Invariant: the viewer auth alone touches these tables; secrets are encrypted, everything that opens a door is a hash.

CREATE TABLE second_factors (
    user_id       uuid PRIMARY KEY REFERENCES traffic_users (id) ON DELETE CASCADE,
    secret        bytea NOT NULL,              -- AES-GCM, bound to user id and purpose
    confirmed_at  timestamptz,                 -- until then it is being set up and asks nobody for anything
    last_step     bigint NOT NULL DEFAULT 0,   -- time step of the last code taken: none is taken twice
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE recovery_codes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    code_hash   bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    used_at     timestamptz,
    UNIQUE (user_id, code_hash)
);

CREATE TABLE sign_in_challenges (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash  bytea NOT NULL UNIQUE,
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    attempts    integer NOT NULL DEFAULT 0,
    ended_at    timestamptz
);
CREATE INDEX sign_in_challenges_user_id_idx ON sign_in_challenges (user_id, created_at);

CREATE TABLE account_links (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind        text NOT NULL CHECK (kind IN ('invitation', 'reset')),
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    token_hash  bytea UNIQUE,
    created_by  uuid REFERENCES traffic_users (id) ON DELETE SET NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX account_links_user_id_idx ON account_links (user_id);

ALTER TABLE login_attempts ADD COLUMN device bytea;   -- SHA-256 of the cookie of the device
CREATE INDEX login_attempts_device_idx ON login_attempts (device, email) WHERE device IS NOT NULL;

-- New rights begin with a new sign-in, whoever changes them and however.
CREATE FUNCTION end_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE user_sessions SET revoked_at = now() WHERE user_id = NEW.id AND revoked_at IS NULL;
    UPDATE refresh_tokens SET revoked_at = now() WHERE user_id = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER end_sign_ins AFTER UPDATE OF role, team_id, is_active ON traffic_users FOR EACH ROW
    WHEN ((OLD.role, OLD.team_id, OLD.is_active) IS DISTINCT FROM (NEW.role, NEW.team_id, NEW.is_active))
    EXECUTE FUNCTION end_sign_ins();
GRANT UPDATE (revoked_at) ON user_sessions, refresh_tokens TO traffic_jobs;

GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors, recovery_codes, sign_in_challenges, account_links TO traffic_app;
GRANT SELECT, UPDATE ON second_factors TO traffic_jobs;   -- rotation of keys
GRANT SELECT, DELETE ON recovery_codes, sign_in_challenges, account_links TO traffic_jobs;
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['second_factors', 'recovery_codes', 'sign_in_challenges', 'account_links'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('CREATE POLICY auth_writes ON %I TO traffic_app USING ((SELECT viewer()) = ''auth'')'
                       ' WITH CHECK ((SELECT viewer()) = ''auth'')', guarded);
    END LOOP;
END
$$;
