-- Who sees and changes connections: their owner; an admin reads all of them; sign-in and Facebook's own callbacks, which
-- know a person of Facebook only, work as 'auth'.

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['facebook_connections', 'facebook_account_links', 'facebook_sign_ins',
                                   'facebook_deletions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('CREATE POLICY admin_reads ON %I FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()))',
                       guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_app, traffic_jobs', guarded);
    END LOOP;
END
$$;

CREATE POLICY own_rows ON facebook_connections TO traffic_app
    USING (user_id = (SELECT viewer_user())) WITH CHECK (user_id = (SELECT viewer_user()));
CREATE POLICY auth_reads ON facebook_connections FOR SELECT TO traffic_app USING ((SELECT viewer()) = 'auth');
CREATE POLICY auth_updates ON facebook_connections FOR UPDATE TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
CREATE POLICY auth_deletes ON facebook_connections FOR DELETE TO traffic_app USING ((SELECT viewer()) = 'auth');
CREATE POLICY own_rows ON facebook_account_links TO traffic_app
    USING (user_id = (SELECT viewer_user())) WITH CHECK (user_id = (SELECT viewer_user()));
CREATE POLICY auth_writes ON facebook_sign_ins TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
CREATE POLICY auth_writes ON facebook_deletions TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
-- The columns of before follow the newest connection, also when Facebook itself ends it.
CREATE POLICY auth_reads ON traffic_targetologist_settings FOR SELECT TO traffic_app
    USING ((SELECT viewer()) = 'auth');
CREATE POLICY auth_updates ON traffic_targetologist_settings FOR UPDATE TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');

-- Whoever connects brings accounts, and sees those that the own connections reach.
GRANT INSERT ON ad_accounts TO traffic_app;
GRANT UPDATE (track_new) ON ad_accounts TO traffic_app;
DROP POLICY reads ON ad_accounts;
CREATE POLICY reads ON ad_accounts FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR owner_user_id = (SELECT viewer_user())
           OR EXISTS (SELECT FROM facebook_account_links l
                      WHERE l.platform = ad_accounts.platform AND l.account_id = ad_accounts.account_id
                        AND l.user_id = (SELECT viewer_user()))
           OR EXISTS (SELECT FROM ad_campaigns c
                      WHERE c.platform = ad_accounts.platform AND c.account_id = ad_accounts.account_id
                        AND c.team_id = (SELECT viewer_team())));
CREATE POLICY brings ON ad_accounts FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer()) IN ('admin', 'targetologist') AND owner_user_id = (SELECT viewer_user()));
CREATE POLICY owner_selects ON ad_accounts FOR UPDATE TO traffic_app
    USING (EXISTS (SELECT FROM facebook_account_links l
                   WHERE l.platform = ad_accounts.platform AND l.account_id = ad_accounts.account_id
                     AND l.user_id = (SELECT viewer_user())))
    WITH CHECK (EXISTS (SELECT FROM facebook_account_links l
                        WHERE l.platform = ad_accounts.platform AND l.account_id = ad_accounts.account_id
                          AND l.user_id = (SELECT viewer_user())));

-- Campaigns of nobody in an account the viewer reaches can be chosen; those of another team stay out of sight.
CREATE POLICY reaches ON ad_campaigns FOR SELECT TO traffic_app
    USING (team_id IS NULL
           AND EXISTS (SELECT FROM facebook_account_links l
                       WHERE l.platform = ad_campaigns.platform AND l.account_id = ad_campaigns.account_id
                         AND l.user_id = (SELECT viewer_user())));
CREATE POLICY tracks ON ad_campaigns FOR UPDATE TO traffic_app
    USING ((team_id IS NULL OR team_id = (SELECT viewer_team()))
           AND EXISTS (SELECT FROM facebook_account_links l
                       WHERE l.platform = ad_campaigns.platform AND l.account_id = ad_campaigns.account_id
                         AND l.user_id = (SELECT viewer_user())))
    WITH CHECK ((team_id IS NULL OR team_id = (SELECT viewer_team()))
                AND EXISTS (SELECT FROM facebook_account_links l
                            WHERE l.platform = ad_campaigns.platform AND l.account_id = ad_campaigns.account_id
                              AND l.user_id = (SELECT viewer_user())));
