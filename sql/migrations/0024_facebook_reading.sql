-- How accounts are read: waits that Facebook asked for, how far back the history reaches, and what Facebook changed.

-- Shared by every process: a call during a wait prolongs it. The key is the application or the ad account.
CREATE TABLE facebook_waits (
    scope       text NOT NULL CHECK (scope IN ('application', 'account')),
    key         text NOT NULL,
    until       timestamptz NOT NULL,
    refusals    integer NOT NULL DEFAULT 1,     -- in a row; the wait grows with them when Facebook names none
    reason      text NOT NULL,
    noticed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);

-- From which day on an account was read without a gap, and from which it is to be.
CREATE TABLE facebook_backfills (
    platform    text NOT NULL DEFAULT 'facebook',
    account_id  text NOT NULL,
    done_from   date NOT NULL,
    wanted_from date NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, account_id),
    FOREIGN KEY (platform, account_id) REFERENCES ad_accounts (platform, account_id) ON DELETE CASCADE
);

-- What Facebook changed of days that had been read when they were over. NULL: there was, or is, no row.
CREATE TABLE ad_restatements (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform         text NOT NULL DEFAULT 'facebook',
    account_id       text NOT NULL,
    level            text NOT NULL,
    object_id        text NOT NULL,
    stat_date        date NOT NULL,
    run_id           uuid REFERENCES sync_runs (id) ON DELETE SET NULL,
    currency         char(3) NOT NULL,
    old_spend        numeric(18, 6), new_spend numeric(18, 6),
    old_impressions  bigint, new_impressions bigint,
    old_clicks       bigint, new_clicks bigint,
    noticed_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ad_restatements_account_idx ON ad_restatements (platform, account_id, noticed_at DESC);

-- Days on which the account's total is not the sum of its campaigns; a day that agrees has no row.
CREATE TABLE ad_reconciliations (
    platform         text NOT NULL DEFAULT 'facebook',
    account_id       text NOT NULL,
    stat_date        date NOT NULL,
    currency         char(3) NOT NULL,
    account_spend    numeric(18, 6) NOT NULL,
    campaigns_spend  numeric(18, 6) NOT NULL,
    run_id           uuid REFERENCES sync_runs (id) ON DELETE SET NULL,
    checked_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, account_id, stat_date)
);
