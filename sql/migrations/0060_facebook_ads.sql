-- Ad sets and ads below campaigns, the tags of live ads and what is wrong with them, and runs account by account.

-- What an ad set or an ad is called and where it lies; for ads also what a click carries.
CREATE TABLE ad_objects (
    platform          text NOT NULL DEFAULT 'facebook',
    kind              text NOT NULL CHECK (kind IN ('adset', 'ad')),
    object_id         text NOT NULL,
    account_id        text NOT NULL,
    campaign_id       text NOT NULL,          -- the platform's id
    adset_id          text,                   -- of an ad
    name              text NOT NULL DEFAULT '',
    effective_status  text,
    creative_id       text,
    url_tags          text,
    links             text[] NOT NULL DEFAULT '{}',
    names             jsonb NOT NULL DEFAULT '{}',   -- of campaign, ad set and ad when these tags were read first
    tags_since        timestamptz,            -- since when it has these tags; NULL: as far as its figures go back
    tags_read_at      timestamptz,            -- NULL: never, or it runs no longer
    told_at           timestamptz,            -- when its people were told of faults; once per ad
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, kind, object_id)
);
CREATE INDEX ad_objects_campaign_idx ON ad_objects (platform, campaign_id);
CREATE INDEX ad_objects_account_idx ON ad_objects (platform, account_id, kind);

-- What is wrong with the tags of a live ad now; a fault that was mended has no row.
CREATE TABLE ad_tag_errors (
    platform    text NOT NULL DEFAULT 'facebook',
    ad_id       text NOT NULL,
    fault       text NOT NULL CHECK (fault IN ('missing', 'foreign', 'typo', 'unknown', 'macro', 'frozen')),
    tag         text NOT NULL,
    found       text,
    expected    text,
    noticed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, ad_id, fault, tag)
);

-- When the tags of an account's ads were read, and how much of its allowance Facebook said was used.
ALTER TABLE ad_accounts ADD COLUMN tags_read_at timestamptz, ADD COLUMN usage_percent numeric(6, 2),
                        ADD COLUMN usage_at timestamptz;

-- A run account by account, so that everybody sees what concerns the own accounts.
CREATE TABLE facebook_run_accounts (
    run_id       uuid NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    account_id   text NOT NULL,
    position     integer NOT NULL,
    is_scheduled boolean NOT NULL,            -- nobody asked: the timetable did
    planned_at   timestamptz NOT NULL DEFAULT now(),
    days         integer,                     -- how many days were read
    status       text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'partial', 'failed')),
    step         text,                        -- campaigns, days, details or tags while it is read
    errors       jsonb NOT NULL DEFAULT '[]',
    counts       jsonb NOT NULL DEFAULT '{}',
    started_at   timestamptz,
    finished_at  timestamptz,
    PRIMARY KEY (run_id, account_id)
);
CREATE INDEX facebook_run_accounts_account_idx ON facebook_run_accounts (account_id);

-- Somebody wants a run to end after the account it is at.
ALTER TABLE sync_runs ADD COLUMN stop_wanted_at timestamptz;
