-- Teams, users, sign-in state and audit.
-- Group roles (no login): traffic_app runs the web process, traffic_jobs the workers. A login role is granted one of them.

CREATE TABLE traffic_teams (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text NOT NULL CHECK (btrim(name) <> ''),
    slug        text NOT NULL CHECK (slug ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' AND slug <> 'none'),
    color       char(7) NOT NULL CHECK (color ~ '^#[0-9A-F]{6}$'),
    emoji       text NOT NULL,
    utm_source  text NOT NULL CHECK (utm_source = lower(btrim(utm_source)) AND utm_source <> ''),
    utm_medium  text NOT NULL DEFAULT 'cpc',
    is_active   boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),   -- teams are listed in this order
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX traffic_teams_name_key ON traffic_teams (lower(name));
CREATE UNIQUE INDEX traffic_teams_slug_key ON traffic_teams (lower(slug));
CREATE UNIQUE INDEX traffic_teams_utm_source_key ON traffic_teams (utm_source);

CREATE TABLE traffic_users (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email          text NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash  text NOT NULL,
    full_name      text NOT NULL DEFAULT '',
    role           text NOT NULL CHECK (role IN ('admin', 'analyst', 'targetologist')),
    team_id        uuid REFERENCES traffic_teams (id),
    is_active      boolean NOT NULL DEFAULT true,
    locale         text NOT NULL DEFAULT 'ru' CHECK (locale IN ('ru', 'en', 'kk')),
    last_login_at  timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CHECK (role <> 'targetologist' OR team_id IS NOT NULL)
);
CREATE INDEX traffic_users_team_id_idx ON traffic_users (team_id);

CREATE TABLE traffic_targetologist_settings (
    user_id                uuid PRIMARY KEY REFERENCES traffic_users (id) ON DELETE CASCADE,
    fb_access_token        bytea,          -- AES-GCM, bound to user id and purpose
    fb_token_expires_at    timestamptz,
    fb_ad_accounts         jsonb NOT NULL DEFAULT '[]',
    tracked_campaigns      jsonb NOT NULL DEFAULT '[]',
    utm_source             text NOT NULL DEFAULT 'facebook',
    utm_medium             text NOT NULL DEFAULT 'cpc',
    utm_templates          jsonb NOT NULL DEFAULT '{}',
    utm_locked             boolean NOT NULL DEFAULT false,
    notification_email     text,
    notification_telegram  text,
    report_frequency       text NOT NULL DEFAULT 'daily' CHECK (report_frequency IN ('daily', 'weekly', 'monthly')),
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE user_sessions (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash    bytea NOT NULL UNIQUE,    -- SHA-256 of the cookie value
    user_id       uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,     -- absolute end
    revoked_at    timestamptz,
    user_agent    text NOT NULL DEFAULT '',
    address       inet
);
CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id);

CREATE TABLE refresh_tokens (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash  bytea NOT NULL UNIQUE,
    family      uuid NOT NULL,
    parent_id   uuid REFERENCES refresh_tokens (id) ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX refresh_tokens_family_idx ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id);

CREATE TABLE login_attempts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL,
    address       inet,
    succeeded     boolean NOT NULL,
    attempted_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_attempts_email_idx ON login_attempts (email, attempted_at);
CREATE INDEX login_attempts_address_idx ON login_attempts (address, attempted_at);

CREATE TABLE audit_log (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at  timestamptz NOT NULL DEFAULT now(),
    user_id      uuid,                      -- no foreign key: the entry outlives the user
    action       text NOT NULL,
    object_type  text NOT NULL DEFAULT '',
    object_id    text NOT NULL DEFAULT '',
    before       jsonb,
    after        jsonb,
    address      inet,
    request_id   text
);
CREATE INDEX audit_log_happened_at_idx ON audit_log (happened_at DESC);
