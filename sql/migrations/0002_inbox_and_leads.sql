-- The inbox of raw events, landing leads and how each was attributed.

CREATE TABLE webhook_events (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq              bigint GENERATED ALWAYS AS IDENTITY UNIQUE,   -- order of arrival
    source           text NOT NULL CHECK (source IN ('amocrm', 'landing', 'facebook')),
    source_name      text,                                         -- the {source} of a landing address
    received_at      timestamptz NOT NULL DEFAULT now(),
    headers          jsonb NOT NULL DEFAULT '{}',
    content_type     text NOT NULL DEFAULT '',
    body             bytea NOT NULL,
    dedup_key        text NOT NULL UNIQUE,
    status           text NOT NULL DEFAULT 'received'
                     CHECK (status IN ('received', 'processed', 'skipped', 'failed', 'dead')),
    reason           text,
    attempts         integer NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz NOT NULL DEFAULT now(),
    leased_until     timestamptz,
    processed_at     timestamptz
);
-- 'failed' waits for its next attempt, 'dead' for a person.
CREATE INDEX webhook_events_due_idx ON webhook_events (next_attempt_at, seq) WHERE status IN ('received', 'failed');
CREATE INDEX webhook_events_received_at_idx ON webhook_events (received_at DESC);

CREATE TABLE landing_leads (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email           text,
    name            text,
    phone           text,
    phone_norm      text,                   -- E.164
    email_norm      text,                   -- trimmed, lower case
    source          text NOT NULL DEFAULT '',
    funnel          text,
    utm_source      text,
    utm_medium      text,
    utm_campaign    text,
    utm_content     text,
    utm_term        text,
    utm_id          text,
    fbclid          text,
    client_id       text,
    amocrm_lead_id  bigint,
    submission_id   text,
    event_id        uuid REFERENCES webhook_events (id),
    metadata        jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,   -- when the person sent the form
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (phone IS NOT NULL OR email IS NOT NULL)
);
CREATE UNIQUE INDEX landing_leads_amocrm_lead_id_key ON landing_leads (amocrm_lead_id) WHERE amocrm_lead_id IS NOT NULL;
CREATE UNIQUE INDEX landing_leads_event_id_key ON landing_leads (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX landing_leads_phone_idx ON landing_leads (phone_norm, created_at) WHERE phone_norm IS NOT NULL;
CREATE INDEX landing_leads_email_idx ON landing_leads (email_norm, created_at) WHERE email_norm IS NOT NULL;
CREATE INDEX landing_leads_created_at_idx ON landing_leads (created_at);
CREATE INDEX landing_leads_campaign_idx ON landing_leads (lower(utm_campaign));

CREATE TABLE team_aliases (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id         uuid NOT NULL REFERENCES traffic_teams (id),
    utm_source      text CHECK (utm_source = lower(btrim(utm_source))),
    utm_medium      text CHECK (utm_medium = lower(btrim(utm_medium))),
    campaign_token  text CHECK (campaign_token = lower(btrim(campaign_token))),
    funnel          text,
    priority        integer NOT NULL DEFAULT 0,
    valid_from      date,
    valid_to        date,                   -- included
    note            text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (utm_source IS NOT NULL OR campaign_token IS NOT NULL)
);
CREATE INDEX team_aliases_team_id_idx ON team_aliases (team_id);

CREATE TABLE campaign_bindings (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id      uuid NOT NULL REFERENCES traffic_teams (id),
    platform     text NOT NULL DEFAULT 'facebook',
    kind         text NOT NULL CHECK (kind IN ('account', 'campaign', 'ad')),
    external_id  text NOT NULL,
    valid_from   date,
    valid_to     date,                      -- included
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX campaign_bindings_external_id_idx ON campaign_bindings (platform, kind, external_id);

CREATE TABLE attribution_rules_versions (
    version     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rules       jsonb NOT NULL,
    note        text NOT NULL DEFAULT '',
    created_by  uuid REFERENCES traffic_users (id),
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE lead_tracking (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    lead_id             uuid NOT NULL UNIQUE REFERENCES landing_leads (id) ON DELETE CASCADE,
    utm_source          text,
    utm_medium          text,
    utm_campaign        text,
    utm_content         text,
    utm_term            text,
    team_name           text,
    attributed_at       timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    team_id             uuid REFERENCES traffic_teams (id),
    attribution_method  text,
    confidence          text,
    rule_id             text,
    reason              text,               -- why there is no team
    candidates          text[] NOT NULL DEFAULT '{}',
    campaign_id         uuid,
    lead_day            date NOT NULL,      -- local business day of landing_leads.created_at
    locked              boolean NOT NULL DEFAULT false
);
CREATE INDEX lead_tracking_day_idx ON lead_tracking (lead_day, team_id, campaign_id);
CREATE INDEX lead_tracking_team_id_idx ON lead_tracking (team_id);
