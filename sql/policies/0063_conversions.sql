-- A team's targetologist and the admins arrange what is sent back; whoever sees a team's sales sees what was sent.

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['conversion_settings', 'conversion_events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_jobs', guarded);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON conversion_settings TO traffic_app;
GRANT SELECT ON conversion_events TO traffic_app;
CREATE POLICY own_team ON conversion_settings TO traffic_app
    USING ((SELECT viewer_is_admin()) OR ((SELECT viewer()) = 'targetologist' AND team_id = (SELECT viewer_team())))
    WITH CHECK ((SELECT viewer_is_admin())
                OR ((SELECT viewer()) = 'targetologist' AND team_id = (SELECT viewer_team())));
CREATE POLICY reads ON conversion_events FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
