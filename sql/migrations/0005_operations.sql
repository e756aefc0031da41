-- Runs, plans, messages and the version of the data.

CREATE TABLE sync_runs (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text NOT NULL,           -- facebook, rates, stats, sales, attribution, demo
    status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'partial', 'failed')),
    requested_by    uuid REFERENCES traffic_users (id),
    parameters      jsonb NOT NULL DEFAULT '{}',
    progress_done   integer NOT NULL DEFAULT 0,
    progress_total  integer NOT NULL DEFAULT 0,
    counts          jsonb NOT NULL DEFAULT '{}',
    errors          jsonb NOT NULL DEFAULT '[]',
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz
);
CREATE INDEX sync_runs_kind_idx ON sync_runs (kind, created_at DESC);

CREATE TABLE job_ticks (
    job          text PRIMARY KEY,
    due_at       timestamptz NOT NULL,       -- next time by the timetable
    last_run_at  timestamptz,
    last_error   text
);

CREATE TABLE traffic_weekly_plans (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id       uuid NOT NULL REFERENCES traffic_teams (id),
    week_start    date NOT NULL CHECK (extract(isodow FROM week_start) = 1),
    plan_revenue  numeric(16, 2), plan_sales integer, plan_spend numeric(16, 2), plan_roas numeric(10, 4), plan_cpa numeric(16, 2),
    actual_revenue numeric(16, 2), actual_sales integer, actual_spend numeric(16, 2), actual_roas numeric(10, 4), actual_cpa numeric(16, 2),
    prev_revenue  numeric(16, 2), prev_sales integer, prev_spend numeric(16, 2), prev_roas numeric(10, 4), prev_cpa numeric(16, 2),
    currency      char(3) NOT NULL DEFAULT 'KZT',
    status        text NOT NULL DEFAULT 'open',
    completion    numeric(10, 2),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (team_id, week_start)
);

CREATE TABLE notifications (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_key    text NOT NULL,            -- what it is about: one message per key, recipient and channel
    user_id        uuid REFERENCES traffic_users (id),
    channel        text NOT NULL CHECK (channel IN ('email', 'telegram')),
    recipient      text NOT NULL,
    subject        text NOT NULL DEFAULT '',
    body           text NOT NULL,
    status         text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'failed')),
    attempts       integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error     text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    sent_at        timestamptz,
    UNIQUE (message_key, channel, recipient)
);

CREATE TABLE periods_closed (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    date_from   date NOT NULL,
    date_to     date NOT NULL,               -- included
    closed_by   uuid REFERENCES traffic_users (id),
    closed_at   timestamptz NOT NULL DEFAULT now(),
    note        text NOT NULL DEFAULT '',
    CHECK (date_from <= date_to)
);

CREATE TABLE data_version (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version     bigint NOT NULL DEFAULT 0,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
INSERT INTO data_version DEFAULT VALUES;

-- Facts about this database itself: who created it (demo or not), which amoCRM account it belongs to.
CREATE TABLE installation (
    key    text PRIMARY KEY,
    value  text NOT NULL
);
