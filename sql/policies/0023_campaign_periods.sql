-- A campaign handed from one team to another shows each of them its own days only.

ALTER TABLE ad_campaign_periods ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_campaign_periods FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON ad_campaign_periods TO traffic_jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ad_campaign_periods TO traffic_jobs;
GRANT SELECT ON ad_campaign_periods TO traffic_app;
CREATE POLICY reads ON ad_campaign_periods FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));

-- The own campaign of today, or of some day.
DROP POLICY reads ON ad_campaigns;
CREATE POLICY reads ON ad_campaigns FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team())
           OR EXISTS (SELECT FROM ad_campaign_periods p
                      WHERE p.campaign_id = ad_campaigns.id AND p.team_id = (SELECT viewer_team())));
-- The team of today does not see the days of the team before: its periods say which days are its own.
DROP POLICY reads ON ad_statistics;
CREATE POLICY reads ON ad_statistics FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR (level = 'campaign'
               AND EXISTS (SELECT FROM ad_campaigns c
                           LEFT JOIN LATERAL campaign_team(c.id, c.team_id, c.is_split AND NOT c.locked,
                                                           ad_statistics.stat_date) own ON true
                           WHERE c.platform = ad_statistics.platform AND c.campaign_id = ad_statistics.object_id
                             AND own.team_id = (SELECT viewer_team()))));
