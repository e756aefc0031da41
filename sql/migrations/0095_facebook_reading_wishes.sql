-- What people want read of an account, how far back each reading goes, and who wants to hear of a failure.
ALTER TABLE ad_accounts
    ADD COLUMN look_back_days smallint NOT NULL DEFAULT 3 CHECK (look_back_days BETWEEN 1 AND 28),
    ADD COLUMN reads_ads boolean NOT NULL DEFAULT true;    -- ad sets and ads by day, and the tags of ads
ALTER TABLE facebook_account_links ADD COLUMN tells_failure boolean NOT NULL DEFAULT false;

-- As before for track_new: whoever reaches an account says how it is read (policy owner_selects).
GRANT UPDATE (look_back_days, reads_ads) ON ad_accounts TO traffic_app;
