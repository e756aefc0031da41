-- Who is connected to Facebook, what each connection reaches, and the sign-ins that are under way.

-- One row per person of ours and person (or system user) of Facebook. The token is encrypted for the purpose
-- fb_access_token and this user; without one the row only says why the connection ended.
CREATE TABLE facebook_connections (
    id                      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id                 uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    kind                    text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'system_user')),
    facebook_user_id        text NOT NULL,          -- app-scoped; '' for a token stored before there were connections
    name                    text NOT NULL DEFAULT '',
    token                   bytea,
    scopes                  text[] NOT NULL DEFAULT '{}',
    declined                text[] NOT NULL DEFAULT '{}',
    expires_at              timestamptz,            -- NULL: never
    data_access_expires_at  timestamptz,
    state                   text NOT NULL DEFAULT 'connected'
                            CHECK (state IN ('connected', 'reconnect', 'log_in_at_facebook', 'removed')),
    problem                 text,                   -- why it is not connected: a key of the catalogues
    problem_at              timestamptz,
    connected_at            timestamptz NOT NULL DEFAULT now(),
    checked_at              timestamptz,            -- when the token was last looked at or renewed
    listed_at               timestamptz,            -- when its ad accounts were last read
    updated_at              timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, facebook_user_id),
    CHECK (state <> 'connected' OR token IS NOT NULL)
);
CREATE INDEX facebook_connections_facebook_user_idx ON facebook_connections (facebook_user_id);

-- Which accounts a connection reaches, and whether its owner wants them read. An account that two people reach is one
-- row of ad_accounts with two links.
CREATE TABLE facebook_account_links (
    connection_id  uuid NOT NULL REFERENCES facebook_connections (id) ON DELETE CASCADE,
    user_id        uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    platform       text NOT NULL DEFAULT 'facebook',
    account_id     text NOT NULL,
    is_selected    boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, account_id),
    FOREIGN KEY (platform, account_id) REFERENCES ad_accounts (platform, account_id) ON DELETE CASCADE
);
CREATE INDEX facebook_account_links_account_idx ON facebook_account_links (platform, account_id);
CREATE INDEX facebook_account_links_user_idx ON facebook_account_links (user_id);

-- Campaigns that appear later are tracked, unless somebody said otherwise.
ALTER TABLE ad_accounts ADD COLUMN track_new boolean NOT NULL DEFAULT true;

-- A sign-in under way: the state Facebook only echoes, known here by its hash, good for one return in one session.
CREATE TABLE facebook_sign_ins (
    state_hash  bytea PRIMARY KEY,                  -- SHA-256
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    session_id  text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX facebook_sign_ins_expires_idx ON facebook_sign_ins (expires_at);

-- What was asked for by Facebook's data deletion callback; the person asks for its state by the code.
CREATE TABLE facebook_deletions (
    code_hash     bytea PRIMARY KEY,                -- SHA-256 of the confirmation code
    requested_at  timestamptz NOT NULL DEFAULT now(),
    done_at       timestamptz,
    connections   integer NOT NULL DEFAULT 0
);

-- The token columns of traffic_targetologist_settings follow the newest connection that works, whoever changes it.
CREATE FUNCTION follow_facebook_token() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner   uuid := coalesce(NEW.user_id, OLD.user_id);
    newest  record;
BEGIN
    SELECT c.token, c.expires_at INTO newest FROM facebook_connections c
    WHERE c.user_id = owner AND c.state = 'connected' ORDER BY c.connected_at DESC, c.id LIMIT 1;
    UPDATE traffic_targetologist_settings s
    SET fb_access_token = newest.token, fb_token_expires_at = newest.expires_at, updated_at = now()
    WHERE s.user_id = owner;
    IF NOT FOUND AND newest.token IS NOT NULL THEN
        INSERT INTO traffic_targetologist_settings (user_id, fb_access_token, fb_token_expires_at)
        VALUES (owner, newest.token, newest.expires_at);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER token_is_followed AFTER INSERT OR DELETE OR UPDATE OF token, expires_at, state ON facebook_connections
    FOR EACH ROW EXECUTE FUNCTION follow_facebook_token();

-- The tokens of before become connections; whose they are at Facebook is learned at the next check.
ALTER TABLE traffic_targetologist_settings NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE facebook_connections DISABLE TRIGGER token_is_followed;
INSERT INTO facebook_connections (user_id, facebook_user_id, token, expires_at, connected_at)
SELECT user_id, '', fb_access_token, fb_token_expires_at, updated_at
FROM traffic_targetologist_settings WHERE fb_access_token IS NOT NULL;
ALTER TABLE facebook_connections ENABLE TRIGGER token_is_followed;
INSERT INTO facebook_account_links (connection_id, user_id, platform, account_id, is_selected)
SELECT c.id, c.user_id, a.platform, a.account_id, a.is_selected
FROM ad_accounts a JOIN facebook_connections c ON c.user_id = a.owner_user_id;
ALTER TABLE traffic_targetologist_settings FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_accounts FORCE ROW LEVEL SECURITY;
