-- A targetologist sees the claims of the own team; whoever signs people in stores a claim together with the letters to
-- the admins, whose addresses a targetologist does not see. Merges and thresholds are an admin's.

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['sale_claims', 'team_merges', 'verdict_thresholds'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_jobs', guarded);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON sale_claims, team_merges TO traffic_app;
GRANT SELECT, UPDATE ON verdict_thresholds TO traffic_app;

CREATE POLICY reads ON sale_claims FOR SELECT TO traffic_app
    USING ((SELECT viewer_is_admin()) OR team_id = (SELECT viewer_team()));
CREATE POLICY auth_inserts ON sale_claims FOR INSERT TO traffic_app WITH CHECK ((SELECT viewer()) = 'auth');
-- RETURNING and the unique key are checked against what may be read: the claim of this very transaction.
CREATE POLICY auth_reads ON sale_claims FOR SELECT TO traffic_app
    USING ((SELECT viewer()) = 'auth' AND status = 'open' AND created_at >= (SELECT now()));
CREATE POLICY admin_decides ON sale_claims FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY owner_withdraws ON sale_claims FOR UPDATE TO traffic_app
    USING (status = 'open' AND user_id = (SELECT viewer_user()))
    WITH CHECK (status = 'withdrawn' AND user_id = (SELECT viewer_user()));

CREATE POLICY admin_merges ON team_merges TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY reads ON verdict_thresholds FOR SELECT TO traffic_app USING ((SELECT viewer()) IS NOT NULL);
CREATE POLICY admin_writes ON verdict_thresholds FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
