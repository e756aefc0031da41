-- Claims of sales, merges of teams with the way back, and the thresholds of verdicts.

-- A claim names the deal by its number in amoCRM, so that making one tells nothing about whether the sale is known or
-- whose it is.
CREATE TABLE sale_claims (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    deal_id     bigint NOT NULL CHECK (deal_id > 0),
    team_id     uuid NOT NULL REFERENCES traffic_teams (id),
    user_id     uuid NOT NULL REFERENCES traffic_users (id),
    reason      text NOT NULL CHECK (btrim(reason) <> ''),
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'rejected', 'withdrawn')),
    answer      text NOT NULL DEFAULT '',
    decided_by  uuid REFERENCES traffic_users (id),
    decided_at  timestamptz,
    before      jsonb NOT NULL DEFAULT '[]',   -- the sales as they stood when it was accepted: the way back
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    version     integer NOT NULL DEFAULT 1,
    CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX sale_claims_open_key ON sale_claims (deal_id, team_id) WHERE status = 'open';
CREATE INDEX sale_claims_status_idx ON sale_claims (status, created_at DESC, id);
CREATE INDEX sale_claims_team_idx ON sale_claims (team_id, created_at DESC, id);
CREATE TRIGGER raise_version BEFORE UPDATE ON sale_claims FOR EACH ROW EXECUTE FUNCTION raise_version();

CREATE TABLE team_merges (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source_id   uuid NOT NULL REFERENCES traffic_teams (id),
    target_id   uuid NOT NULL REFERENCES traffic_teams (id),
    moved       jsonb NOT NULL,            -- ids by table of what went over at once; the rules move the rest
    created_by  uuid REFERENCES traffic_users (id),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    undone_at   timestamptz,
    undone_by   uuid REFERENCES traffic_users (id),
    CHECK (source_id <> target_id)
);
CREATE UNIQUE INDEX team_merges_standing_key ON team_merges (source_id) WHERE undone_at IS NULL;

-- ROAS from which money reaches the goal, pays back, or is only weak; below it is a loss. One row: one reading for all.
CREATE TABLE verdict_thresholds (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    goal        numeric(8, 4) NOT NULL DEFAULT 2,
    pays_back   numeric(8, 4) NOT NULL DEFAULT 1,
    weak        numeric(8, 4) NOT NULL DEFAULT 0.5,
    version     integer NOT NULL DEFAULT 1,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (weak > 0 AND weak < pays_back AND pays_back < goal)
);
INSERT INTO verdict_thresholds DEFAULT VALUES;
CREATE TRIGGER raise_version BEFORE UPDATE ON verdict_thresholds FOR EACH ROW EXECUTE FUNCTION raise_version();
