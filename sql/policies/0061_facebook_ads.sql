-- The workers write; whoever sees a campaign sees its ad sets, its ads and their faults.

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['ad_objects', 'ad_tag_errors', 'facebook_run_accounts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_jobs', guarded);
        EXECUTE format('GRANT SELECT ON %I TO traffic_app', guarded);
    END LOOP;
END
$$;

CREATE POLICY reads ON ad_objects FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM ad_campaigns c
                      WHERE c.platform = ad_objects.platform AND c.campaign_id = ad_objects.campaign_id
                        AND (c.team_id = (SELECT viewer_team())
                             OR EXISTS (SELECT FROM facebook_account_links l
                                        WHERE c.team_id IS NULL AND l.platform = c.platform
                                          AND l.account_id = c.account_id AND l.user_id = (SELECT viewer_user())))));
CREATE POLICY reads ON ad_tag_errors FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM ad_objects o
                      WHERE o.platform = ad_tag_errors.platform AND o.kind = 'ad' AND o.object_id = ad_tag_errors.ad_id));

-- Ad sets and ads belong to the team of their campaign on that day.
DROP POLICY reads ON ad_statistics;
CREATE POLICY reads ON ad_statistics FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR (level = 'campaign'
               AND EXISTS (SELECT FROM ad_campaigns c
                           LEFT JOIN LATERAL campaign_team(c.id, c.team_id, c.is_split AND NOT c.locked,
                                                           ad_statistics.stat_date) own ON true
                           WHERE c.platform = ad_statistics.platform AND c.campaign_id = ad_statistics.object_id
                             AND own.team_id = (SELECT viewer_team())))
           OR (level <> 'campaign'
               AND EXISTS (SELECT FROM ad_objects o
                           JOIN ad_campaigns c ON c.platform = o.platform AND c.campaign_id = o.campaign_id
                           LEFT JOIN LATERAL campaign_team(c.id, c.team_id, c.is_split AND NOT c.locked,
                                                           ad_statistics.stat_date) own ON true
                           WHERE o.platform = ad_statistics.platform AND o.kind = ad_statistics.level
                             AND o.object_id = ad_statistics.object_id AND own.team_id = (SELECT viewer_team()))));

-- Of a run everybody sees the accounts that the own connections reach; the run itself when it read one of them.
CREATE POLICY reads ON facebook_run_accounts FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM facebook_account_links l
                      WHERE l.platform = 'facebook' AND l.account_id = facebook_run_accounts.account_id
                        AND l.user_id = (SELECT viewer_user())));
GRANT UPDATE (stop_wanted_at) ON sync_runs TO traffic_app;
CREATE POLICY stops ON sync_runs FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin()) OR requested_by = (SELECT viewer_user()))
    WITH CHECK ((SELECT viewer_is_admin()) OR requested_by = (SELECT viewer_user()));
