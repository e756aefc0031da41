-- What admins change at the same time carries a version: whoever saves a former one is refused instead of overwriting.
-- A merged team keeps its row, so that its marks and its history stay known; they count for the team that took it in.

ALTER TABLE traffic_teams ADD COLUMN archived_at timestamptz;
ALTER TABLE traffic_teams ADD COLUMN merged_into uuid REFERENCES traffic_teams (id);
ALTER TABLE traffic_teams ADD CONSTRAINT traffic_teams_merged_check
    CHECK (merged_into IS NULL OR (merged_into <> id AND NOT is_active));
CREATE INDEX traffic_teams_merged_into_idx ON traffic_teams (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE traffic_users ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE traffic_weekly_plans ADD COLUMN version integer NOT NULL DEFAULT 1;

-- Whoever changes them, and however.
CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER raise_version BEFORE UPDATE OF name, color, emoji, utm_source, utm_medium, is_active, merged_into
    ON traffic_teams FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE OF email, full_name, role, team_id, is_active
    ON traffic_users FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE OF plan_revenue, plan_sales, plan_spend, plan_roas, plan_cpa, currency
    ON traffic_weekly_plans FOR EACH ROW EXECUTE FUNCTION raise_version();

CREATE FUNCTION note_archived_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.archived_at := CASE WHEN NEW.is_active THEN NULL ELSE coalesce(OLD.archived_at, now()) END;
    RETURN NEW;
END
$$;
CREATE TRIGGER note_archived_at BEFORE UPDATE OF is_active ON traffic_teams FOR EACH ROW
    EXECUTE FUNCTION note_archived_at();

-- A plan is a figure somebody wants to reach.
ALTER TABLE traffic_weekly_plans ADD CONSTRAINT traffic_weekly_plans_positive_check CHECK (
    plan_revenue > 0 AND plan_sales > 0 AND plan_spend > 0 AND plan_roas > 0 AND plan_cpa > 0) NOT VALID;

-- Users are listed and searched by address and name.
CREATE INDEX traffic_users_full_name_idx ON traffic_users (lower(full_name));
CREATE INDEX user_sessions_last_seen_idx ON user_sessions (user_id, last_seen_at DESC);
