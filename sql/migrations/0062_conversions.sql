-- Sales of the CRM sent back to Facebook, per team and only where a team wants it.

CREATE TABLE conversion_settings (
    team_id     uuid PRIMARY KEY REFERENCES traffic_teams (id) ON DELETE CASCADE,
    is_on       boolean NOT NULL DEFAULT false,
    dataset_id  text NOT NULL CHECK (dataset_id ~ '^[0-9]{5,30}$'),
    token       bytea NOT NULL,               -- encrypted for the purpose conversions_token and this team
    event_name  text NOT NULL DEFAULT 'Purchase',
    test_code   text,                         -- events go to the test tab of the dataset while it is set
    since       timestamptz NOT NULL DEFAULT now(),   -- sales won before are never sent
    problem     text,                         -- why nothing is sent: a kept sentence
    version     integer NOT NULL DEFAULT 1,
    updated_by  uuid REFERENCES traffic_users (id),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- One row per deal and team: the outbox and the log of what was sent.
CREATE TABLE conversion_events (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id          uuid NOT NULL REFERENCES traffic_teams (id) ON DELETE CASCADE,
    sale_id          uuid REFERENCES all_sales_tracking (id) ON DELETE SET NULL,
    deal_id          bigint NOT NULL,
    event_id         text NOT NULL,           -- the same for every try: Facebook counts it once
    event_name       text NOT NULL,
    event_time       timestamptz NOT NULL,
    value            numeric(14, 2) NOT NULL,
    currency         char(3) NOT NULL,
    matched_by       text[] NOT NULL DEFAULT '{}',   -- em, ph, fbc: what of the person was sent
    status           text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'refused', 'expired')),
    reason           text,                    -- a kept sentence
    attempts         integer NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz NOT NULL DEFAULT now(),
    sent_at          timestamptz,
    trace            text,                    -- fbtrace_id: Facebook's support asks for it
    created_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (team_id, event_id)
);
CREATE INDEX conversion_events_due_idx ON conversion_events (next_attempt_at) WHERE status = 'queued';
CREATE INDEX conversion_events_team_idx ON conversion_events (team_id, created_at DESC);
