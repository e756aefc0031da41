-- Advertising as its platform reports it, exchange rates, and the calculated statistics.

CREATE TABLE ad_accounts (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    platform         text NOT NULL DEFAULT 'facebook',
    account_id       text NOT NULL,          -- digits without act_
    name             text NOT NULL DEFAULT '',
    currency         char(3) NOT NULL,
    timezone         text NOT NULL,
    status           integer NOT NULL DEFAULT 1,   -- Facebook account_status
    is_selected      boolean NOT NULL DEFAULT false,
    owner_user_id    uuid REFERENCES traffic_users (id),   -- whose token reads it
    last_synced_at   timestamptz,            -- last success
    last_attempt_at  timestamptz,
    last_error       text,                   -- NULL after a success
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (platform, account_id)
);

CREATE TABLE ad_campaigns (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    platform            text NOT NULL DEFAULT 'facebook',
    account_id          text NOT NULL,
    campaign_id         text NOT NULL,       -- the platform's id, as text: it exceeds 2^53
    name                text NOT NULL,
    objective           text,
    status              text,
    effective_status    text,
    is_tracked          boolean NOT NULL DEFAULT true,
    team_id             uuid REFERENCES traffic_teams (id),
    attribution_method  text,
    rule_id             text,
    reason              text,
    candidates          text[] NOT NULL DEFAULT '{}',
    locked              boolean NOT NULL DEFAULT false,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (platform, campaign_id)
);
CREATE INDEX ad_campaigns_name_idx ON ad_campaigns (lower(name));
CREATE INDEX ad_campaigns_team_id_idx ON ad_campaigns (team_id);
ALTER TABLE lead_tracking ADD FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id);
ALTER TABLE amocrm_deals ADD FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id);
ALTER TABLE all_sales_tracking ADD FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id);

CREATE TABLE ad_statistics (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    platform            text NOT NULL DEFAULT 'facebook',
    account_id          text NOT NULL,
    level               text NOT NULL CHECK (level IN ('campaign', 'adset', 'ad')),
    object_id           text NOT NULL,
    name                text NOT NULL DEFAULT '',
    stat_date           date NOT NULL,       -- the account's own day; it cannot be re-cut
    spend               numeric(18, 6),
    currency            char(3) NOT NULL,
    impressions         bigint,
    clicks              bigint,
    reach               bigint,              -- never summed
    inline_link_clicks  bigint,
    actions             jsonb,
    action_values       jsonb,
    synced_at           timestamptz NOT NULL DEFAULT now(),
    UNIQUE (platform, account_id, level, object_id, stat_date)
);
CREATE INDEX ad_statistics_day_idx ON ad_statistics (stat_date, level);

CREATE TABLE exchange_rates (
    date         date PRIMARY KEY,           -- Almaty day
    usd_to_kzt   numeric(12, 4) NOT NULL CHECK (usd_to_kzt > 0),
    source       text NOT NULL,
    fetched_at   timestamptz NOT NULL DEFAULT now(),
    is_carried   boolean NOT NULL DEFAULT false
);
-- The rate of a day: its own, else the nearest earlier one (then carried); NULL when there is none.
CREATE FUNCTION rate_on(day date) RETURNS TABLE (usd_to_kzt numeric, rate_date date)
    LANGUAGE sql STABLE AS $$
    SELECT r.usd_to_kzt, r.date FROM exchange_rates r WHERE r.date <= day ORDER BY r.date DESC LIMIT 1
$$;

CREATE TABLE traffic_stats (
    id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    stat_date             date NOT NULL,
    team_id               uuid REFERENCES traffic_teams (id),
    campaign_id           uuid REFERENCES ad_campaigns (id),
    team                  text,
    spend_usd             numeric(20, 6),    -- NULL: spend exists but no rate is known; 0: no spend
    spend_kzt             numeric(20, 6),
    usd_to_kzt_rate       numeric(12, 4),
    rate_is_carried       boolean NOT NULL DEFAULT false,
    impressions           bigint,
    clicks                bigint,
    leads                 integer NOT NULL DEFAULT 0,
    registrations         integer NOT NULL DEFAULT 0,
    express_sales         integer NOT NULL DEFAULT 0,
    main_sales            integer NOT NULL DEFAULT 0,
    other_sales           integer NOT NULL DEFAULT 0,
    sales_without_amount  integer NOT NULL DEFAULT 0,
    revenue_express_kzt   numeric(16, 2) NOT NULL DEFAULT 0,
    revenue_main_kzt      numeric(16, 2) NOT NULL DEFAULT 0,
    revenue_kzt           numeric(16, 2) NOT NULL DEFAULT 0,   -- all products
    revenue_express_usd   numeric(20, 6),
    revenue_main_usd      numeric(20, 6),
    revenue_usd           numeric(20, 6),    -- NULL: sales exist but no rate is known
    profit_kzt            numeric(20, 6) GENERATED ALWAYS AS (revenue_kzt - spend_kzt) STORED,
    profit_usd            numeric(20, 6) GENERATED ALWAYS AS (revenue_usd - spend_usd) STORED,
    roi                   numeric GENERATED ALWAYS AS (round((revenue_kzt - spend_kzt) * 100 / NULLIF(spend_kzt, 0), 6)) STORED,
    roas                  numeric GENERATED ALWAYS AS (round(revenue_kzt / NULLIF(spend_kzt, 0), 6)) STORED,
    cpa                   numeric GENERATED ALWAYS AS (round(spend_kzt / NULLIF(express_sales + main_sales + other_sales, 0), 6)) STORED,
    cpa_usd               numeric GENERATED ALWAYS AS (round(spend_usd / NULLIF(express_sales + main_sales + other_sales, 0), 6)) STORED,
    calculated_at         timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (stat_date, team_id, campaign_id)
);
CREATE INDEX traffic_stats_team_idx ON traffic_stats (team_id, stat_date);

-- Days whose slice of traffic_stats is no longer what its sources say.
CREATE TABLE stats_dirty_days (
    day        date PRIMARY KEY,
    marked_at  timestamptz NOT NULL DEFAULT now()
);
