-- Rules, advertising, statistics, and what keeps the product running.

CREATE POLICY reads ON team_aliases FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
CREATE POLICY admin_writes ON team_aliases TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY reads ON campaign_bindings FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
CREATE POLICY admin_writes ON campaign_bindings TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY reads ON attribution_rules_versions FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all()));
CREATE POLICY admin_inserts ON attribution_rules_versions FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY reads ON ad_campaigns FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
CREATE POLICY admin_assigns ON ad_campaigns FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
-- The own account, or one in which a campaign of the own team runs.
CREATE POLICY reads ON ad_accounts FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR owner_user_id = (SELECT viewer_user())
           OR EXISTS (SELECT FROM ad_campaigns c
                      WHERE c.platform = ad_accounts.platform AND c.account_id = ad_accounts.account_id
                        AND c.team_id = (SELECT viewer_team())));
CREATE POLICY admin_selects ON ad_accounts FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
-- Ad sets and ads do not name their campaign, so a targetologist reads days of campaigns only.
CREATE POLICY reads ON ad_statistics FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR (level = 'campaign'
               AND EXISTS (SELECT FROM ad_campaigns c
                           WHERE c.platform = ad_statistics.platform AND c.campaign_id = ad_statistics.object_id
                             AND c.team_id = (SELECT viewer_team()))));

CREATE POLICY reads ON traffic_stats FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));

CREATE POLICY reads ON traffic_weekly_plans FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
CREATE POLICY admin_writes ON traffic_weekly_plans TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

-- Whoever asked for a run may watch it.
CREATE POLICY reads ON sync_runs FOR SELECT TO traffic_app
    USING ((SELECT viewer_is_admin()) OR requested_by = (SELECT viewer_user()));
CREATE POLICY inserts ON sync_runs FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer_is_admin())
                OR ((SELECT viewer()) = 'targetologist' AND requested_by = (SELECT viewer_user())));

CREATE POLICY reads ON notifications FOR SELECT TO traffic_app
    USING ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()));
-- Sign-in sends the mail with which a password is reset.
CREATE POLICY inserts ON notifications FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer()) IN ('admin', 'auth'));

CREATE POLICY reads ON periods_closed FOR SELECT TO traffic_app
    USING ((SELECT viewer()) IN ('admin', 'analyst', 'targetologist'));
CREATE POLICY admin_writes ON periods_closed TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY admin_marks ON stats_dirty_days FOR INSERT TO traffic_app WITH CHECK ((SELECT viewer_is_admin()));

-- What any viewer may know: nothing of a team, nothing of a person.
CREATE POLICY reads ON amocrm_pipelines FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY admin_writes ON amocrm_pipelines TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY reads ON amocrm_fields FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY admin_writes ON amocrm_fields TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY reads ON exchange_rates FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY reads ON stats_dirty_days FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY reads ON job_ticks FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY reads ON installation FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY reads ON data_version FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
-- A team's new name or look must reach the open pages.
CREATE POLICY raises ON data_version FOR UPDATE TO traffic_app
    USING ((SELECT viewer()) IN ('admin', 'targetologist')) WITH CHECK ((SELECT viewer()) IN ('admin', 'targetologist'));
