-- What a person sets for himself: UTM, notifications, the look of the team; messages that are sent once.

ALTER TABLE traffic_targetologist_settings
    ADD COLUMN version           integer NOT NULL DEFAULT 1,
    ADD COLUMN email_enabled     boolean NOT NULL DEFAULT true,
    ADD COLUMN telegram_enabled  boolean NOT NULL DEFAULT true,
    ADD COLUMN telegram_problem  text CHECK (telegram_problem IN ('blocked', 'not_found')),
    ADD COLUMN report_hour       smallint NOT NULL DEFAULT 9 CHECK (report_hour BETWEEN 0 AND 23),
    ADD COLUMN quiet_from        smallint CHECK (quiet_from BETWEEN 0 AND 23),
    ADD COLUMN quiet_to          smallint CHECK (quiet_to BETWEEN 0 AND 23),
    ADD CONSTRAINT traffic_targetologist_settings_quiet_check
        CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to);
ALTER TABLE traffic_teams ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1;

-- An e-mail address or a Telegram chat that somebody says is his, until he proves it. The token of an e-mail follows
-- from the id; that of Telegram is shown once and put into the address of the bot.
CREATE TABLE contact_confirmations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid NOT NULL REFERENCES traffic_users (id) ON DELETE CASCADE,
    channel     text NOT NULL CHECK (channel IN ('email', 'telegram')),
    address     text NOT NULL DEFAULT '',
    token_hash  bytea UNIQUE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX contact_confirmations_user_id_idx ON contact_confirmations (user_id, channel, created_at);

-- A message is lent to one worker at a time; whoever writes how it went names the attempt he made.
ALTER TABLE notifications
    ADD COLUMN leased_until  timestamptz,
    ADD COLUMN keeps_quiet   boolean NOT NULL DEFAULT false;   -- waits for the end of the quiet hours
ALTER TABLE notifications DROP CONSTRAINT notifications_status_check;
ALTER TABLE notifications ADD CONSTRAINT notifications_status_check
    CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'dead'));
CREATE INDEX notifications_due_idx ON notifications (channel, next_attempt_at) WHERE status IN ('queued', 'sending', 'failed');
CREATE INDEX notifications_sent_idx ON notifications (recipient, sent_at) WHERE channel = 'telegram' AND status = 'sent';
CREATE INDEX notifications_user_id_idx ON notifications (user_id, created_at DESC);

-- Row level security cannot compare a row with what it was: these two say which columns are an admin's.
CREATE FUNCTION keep_team_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF viewer() = 'targetologist'
       AND (to_jsonb(NEW) - ARRAY['name', 'color', 'emoji', 'version', 'updated_at'])
           IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['name', 'color', 'emoji', 'version', 'updated_at']) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a targetologist changes the look of a team only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_team_identity BEFORE UPDATE ON traffic_teams FOR EACH ROW EXECUTE FUNCTION keep_team_identity();

CREATE FUNCTION keep_locked_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF viewer() IN ('analyst', 'targetologist')
       AND (NEW.utm_locked, CASE WHEN OLD.utm_locked THEN NEW.utm_source END)
           IS DISTINCT FROM (OLD.utm_locked, CASE WHEN OLD.utm_locked THEN OLD.utm_source END) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a locked source is changed by an admin only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_locked_source BEFORE UPDATE ON traffic_targetologist_settings
    FOR EACH ROW EXECUTE FUNCTION keep_locked_source();

GRANT SELECT, INSERT, UPDATE, DELETE ON contact_confirmations TO traffic_app;
GRANT SELECT, UPDATE, DELETE ON contact_confirmations TO traffic_jobs;
ALTER TABLE contact_confirmations ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_confirmations FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON contact_confirmations TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY auth_writes ON contact_confirmations TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
CREATE POLICY own_row ON contact_confirmations TO traffic_app
    USING (user_id = (SELECT viewer_user())) WITH CHECK (user_id = (SELECT viewer_user()));
CREATE POLICY admin_writes ON contact_confirmations TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
-- The mail by which an address is confirmed, and the message that tries a channel.
CREATE POLICY own_inserts ON notifications FOR INSERT TO traffic_app WITH CHECK (user_id = (SELECT viewer_user()));

-- The look of the own team.
CREATE POLICY own_look ON traffic_teams FOR UPDATE TO traffic_app
    USING ((SELECT viewer()) = 'targetologist' AND id = (SELECT viewer_team()))
    WITH CHECK ((SELECT viewer()) = 'targetologist' AND id = (SELECT viewer_team()));
-- Whoever follows a confirmation link may not be signed in.
CREATE POLICY auth_inserts ON traffic_targetologist_settings FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer()) = 'auth');
