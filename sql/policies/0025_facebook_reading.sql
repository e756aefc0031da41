-- The workers write; whoever sees an account reads what concerns it.

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['facebook_waits', 'facebook_backfills', 'ad_restatements', 'ad_reconciliations'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_jobs', guarded);
        EXECUTE format('GRANT SELECT ON %I TO traffic_app', guarded);
    END LOOP;
    FOREACH guarded IN ARRAY ARRAY['facebook_backfills', 'ad_restatements', 'ad_reconciliations'] LOOP
        EXECUTE format('CREATE POLICY reads ON %I FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all())'
                       ' OR EXISTS (SELECT FROM facebook_account_links l WHERE l.platform = %I.platform'
                       ' AND l.account_id = %I.account_id AND l.user_id = (SELECT viewer_user())))',
                       guarded, guarded, guarded);
    END LOOP;
END
$$;

-- The application's waits concern everybody who is signed in; an account's those who reach it.
CREATE POLICY reads ON facebook_waits FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR (scope = 'application' AND (SELECT viewer()) = 'targetologist')
           OR EXISTS (SELECT FROM facebook_account_links l
                      WHERE l.account_id = facebook_waits.key AND l.user_id = (SELECT viewer_user())));
