-- amoCRM: what was said (amocrm_events), what it amounts to (amocrm_deals), and the sales.

CREATE TABLE amocrm_pipelines (
    pipeline_id     bigint PRIMARY KEY,
    product         text NOT NULL CHECK (product IN ('express', 'flagman', 'challenge3d', 'intensive1d', 'proftest')),
    counts_as_sale  boolean NOT NULL,
    list_price      numeric(14, 2),         -- a hint for people, never an amount of a sale
    currency        char(3) NOT NULL DEFAULT 'KZT'
);
INSERT INTO amocrm_pipelines (pipeline_id, product, counts_as_sale, list_price) VALUES
    (10350882, 'express', true, 5000), (10418746, 'flagman', true, 490000),
    (9777626, 'challenge3d', true, 240000), (9430994, 'challenge3d', true, 240000), (9977350, 'challenge3d', true, 240000),
    (9820886, 'intensive1d', true, 25000), (8311042, 'proftest', false, NULL);

CREATE TABLE amocrm_fields (
    target    text NOT NULL CHECK (target IN ('utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term',
                                              'utm_id', 'referrer', 'fbclid', 'page_link', 'client_id')),
    kind      text NOT NULL CHECK (kind IN ('id', 'code', 'name')),
    value     text NOT NULL,                -- compared case-insensitively
    position  integer NOT NULL DEFAULT 0,   -- smaller is asked first
    PRIMARY KEY (target, kind, value)
);

CREATE TABLE amocrm_events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_key     text NOT NULL UNIQUE,     -- deal, time, content: a retry and the status/update twins fall together
    deal_id       bigint NOT NULL,
    action        text NOT NULL,
    occurred_at   timestamptz NOT NULL,     -- last_modified; the receipt when the body has none
    has_own_time  boolean NOT NULL,
    received_at   timestamptz NOT NULL,
    webhook_id    uuid REFERENCES webhook_events (id),
    payload       jsonb NOT NULL            -- core.records.DealEvent without the columns above
);
CREATE INDEX amocrm_events_deal_id_idx ON amocrm_events (deal_id);

CREATE TABLE amocrm_contacts (
    contact_id   bigint PRIMARY KEY,
    name         text,
    phone        text,
    phone_norm   text,
    email        text,
    email_norm   text,
    modified_at  timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX amocrm_contacts_phone_idx ON amocrm_contacts (phone_norm) WHERE phone_norm IS NOT NULL;
CREATE INDEX amocrm_contacts_email_idx ON amocrm_contacts (email_norm) WHERE email_norm IS NOT NULL;

CREATE TABLE amocrm_deal_contacts (
    deal_id     bigint NOT NULL,
    contact_id  bigint NOT NULL,
    is_main     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (deal_id, contact_id)
);
CREATE INDEX amocrm_deal_contacts_contact_idx ON amocrm_deal_contacts (contact_id);

-- One row per deal: the fold of its events. Registrations are counted here.
CREATE TABLE amocrm_deals (
    deal_id             bigint PRIMARY KEY,
    pipeline_id         bigint,
    status_id           bigint,
    name                text,
    price               numeric(14, 2),
    currency            char(3) NOT NULL DEFAULT 'KZT',
    created_at          timestamptz NOT NULL,
    modified_at         timestamptz NOT NULL,
    is_deleted          boolean NOT NULL DEFAULT false,
    contact_id          bigint,
    person_key          text NOT NULL,      -- phone, else e-mail, else contact, else the deal itself
    utm_source          text, utm_medium text, utm_campaign text, utm_content text, utm_term text, utm_id text, fbclid text,
    landing_lead_id     uuid REFERENCES landing_leads (id),
    team_id             uuid REFERENCES traffic_teams (id),
    attribution_method  text,
    confidence          text,
    rule_id             text,
    reason              text,
    candidates          text[] NOT NULL DEFAULT '{}',
    campaign_id         uuid,
    created_day         date NOT NULL,
    is_registration     boolean NOT NULL DEFAULT false,   -- the first deal of its person
    updated_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX amocrm_deals_registration_idx ON amocrm_deals (created_day, team_id, campaign_id) WHERE is_registration;
CREATE INDEX amocrm_deals_person_idx ON amocrm_deals (person_key, created_at, deal_id);

CREATE TABLE express_course_sales (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    deal_id            bigint NOT NULL UNIQUE,
    pipeline_id        bigint NOT NULL,
    status_id          bigint NOT NULL,
    amount             numeric(14, 2),
    currency           char(3) NOT NULL DEFAULT 'KZT',
    contact_id         bigint,
    phone              text,
    email              text,
    customer_name      text,
    utm_source         text, utm_medium text, utm_campaign text, utm_content text, utm_term text,
    sale_date          timestamptz NOT NULL,
    status_changed_at  timestamptz NOT NULL,
    is_reversed        boolean NOT NULL DEFAULT false,
    raw                jsonb NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE main_product_sales (LIKE express_course_sales INCLUDING ALL);
CREATE TABLE other_product_sales (LIKE express_course_sales INCLUDING ALL);
ALTER TABLE other_product_sales ADD COLUMN product text NOT NULL CHECK (product IN ('challenge3d', 'intensive1d'));

CREATE TABLE all_sales_tracking (
    id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source_table         text NOT NULL CHECK (source_table IN ('express_course_sales', 'main_product_sales', 'other_product_sales')),
    deal_id              bigint NOT NULL,
    product              text NOT NULL CHECK (product IN ('express', 'flagman', 'challenge3d', 'intensive1d')),
    sale_amount          numeric(14, 2) CHECK (sale_amount > 0),   -- NULL: nobody knows it yet
    currency             char(3) NOT NULL DEFAULT 'KZT',
    amount_usd           numeric(14, 2),
    usd_to_kzt_rate      numeric(12, 4),
    contact_id           bigint,
    contact_name         text,
    contact_phone        text,
    contact_email        text,
    utm_source           text, utm_medium text, utm_campaign text, utm_content text, utm_term text, utm_id text,
    landing_lead_id      uuid REFERENCES landing_leads (id),
    team_id              uuid REFERENCES traffic_teams (id),
    team_name            text,
    attribution_method   text,
    confidence           text,
    rule_id              text,
    reason               text,
    candidates           text[] NOT NULL DEFAULT '{}',
    campaign_id          uuid,
    locked               boolean NOT NULL DEFAULT false,
    is_reversed          boolean NOT NULL DEFAULT false,
    reversed_at          timestamptz,
    pipeline_id          bigint NOT NULL,
    status_id            bigint NOT NULL,
    sale_date            timestamptz NOT NULL,
    sale_day             date NOT NULL,     -- local business day of sale_date
    lead_day             date,              -- local business day of the lead that brought it
    webhook_received_at  timestamptz NOT NULL,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    UNIQUE (deal_id, product)
);
CREATE INDEX all_sales_tracking_sale_day_idx ON all_sales_tracking (sale_day, team_id, campaign_id);
CREATE INDEX all_sales_tracking_lead_day_idx ON all_sales_tracking (lead_day) WHERE lead_day IS NOT NULL;
CREATE INDEX all_sales_tracking_team_idx ON all_sales_tracking (team_id, sale_date DESC);
CREATE INDEX all_sales_tracking_date_idx ON all_sales_tracking (sale_date DESC, id);
CREATE INDEX all_sales_tracking_received_idx ON all_sales_tracking (webhook_received_at DESC);

CREATE TABLE sales_activity_log (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sale_id      uuid NOT NULL REFERENCES all_sales_tracking (id) ON DELETE CASCADE,
    action_type  text NOT NULL CHECK (action_type IN ('created', 'updated', 'attributed', 'reassigned', 'reversed', 'restored')),
    team_name    text,
    user_id      uuid REFERENCES traffic_users (id),
    metadata     jsonb NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sales_activity_log_sale_id_idx ON sales_activity_log (sale_id, created_at);
