-- Tokens a person makes for a program: known by a hash, bounded by scopes and a day of expiry.

CREATE TABLE api_tokens (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    name          text NOT NULL CHECK (btrim(name) <> ''),
    token_hash    bytea NOT NULL UNIQUE,
    beginning     text NOT NULL,              -- the first letters, by which a person knows it again
    scopes        text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    last_used_at  timestamptz,
    revoked_at    timestamptz
);
CREATE INDEX api_tokens_user_id_idx ON api_tokens (user_id, created_at);

-- New rights begin with a new sign-in, and with new tokens.
CREATE OR REPLACE FUNCTION end_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE user_sessions SET revoked_at = now() WHERE user_id = NEW.id AND revoked_at IS NULL;
    UPDATE refresh_tokens SET revoked_at = now() WHERE user_id = NEW.id AND revoked_at IS NULL;
    UPDATE api_tokens SET revoked_at = now() WHERE user_id = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON api_tokens TO traffic_app;
GRANT SELECT, DELETE ON api_tokens TO traffic_jobs;
GRANT UPDATE (revoked_at) ON api_tokens TO traffic_jobs;
ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON api_tokens TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY auth_writes ON api_tokens TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
-- An admin who changes rights ends the tokens of the person: the trigger acts in the admin's name.
CREATE POLICY admin_reads ON api_tokens FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
CREATE POLICY admin_ends ON api_tokens FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()) AND revoked_at IS NOT NULL);
