-- Teams, users, sign-in state, audit. Every call of a viewer function stands in (SELECT …): computed once a statement.

-- The names of other teams are not revealed to a targetologist. Sign-in needs the team of whoever signs in.
CREATE POLICY reads ON traffic_teams FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR (SELECT viewer()) = 'auth' OR id = (SELECT viewer_team()));
CREATE POLICY admin_writes ON traffic_teams TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY reads ON traffic_users FOR SELECT TO traffic_app
    USING ((SELECT viewer()) IN ('admin', 'auth') OR id = (SELECT viewer_user()));
CREATE POLICY admin_writes ON traffic_users TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
-- Last sign-in, a password stored anew.
CREATE POLICY auth_updates ON traffic_users FOR UPDATE TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
-- The own profile; nobody promotes himself or moves to another team.
CREATE POLICY own_profile ON traffic_users FOR UPDATE TO traffic_app
    USING (id = (SELECT viewer_user()))
    WITH CHECK (id = (SELECT viewer_user()) AND role = (SELECT viewer()) AND is_active
                AND (role <> 'targetologist' OR team_id = (SELECT viewer_team())));

CREATE POLICY own_row ON traffic_targetologist_settings TO traffic_app
    USING (user_id = (SELECT viewer_user())) WITH CHECK (user_id = (SELECT viewer_user()));
CREATE POLICY admin_writes ON traffic_targetologist_settings TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY auth_writes ON user_sessions TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
CREATE POLICY own_reads ON user_sessions FOR SELECT TO traffic_app
    USING ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()));
CREATE POLICY own_ends ON user_sessions FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()))
    WITH CHECK ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()));

CREATE POLICY auth_writes ON refresh_tokens TO traffic_app
    USING ((SELECT viewer()) = 'auth') WITH CHECK ((SELECT viewer()) = 'auth');
CREATE POLICY own_reads ON refresh_tokens FOR SELECT TO traffic_app
    USING ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()));
CREATE POLICY own_ends ON refresh_tokens FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()))
    WITH CHECK ((SELECT viewer_is_admin()) OR user_id = (SELECT viewer_user()));

CREATE POLICY auth_reads ON login_attempts FOR SELECT TO traffic_app USING ((SELECT viewer()) IN ('auth', 'admin'));
CREATE POLICY auth_inserts ON login_attempts FOR INSERT TO traffic_app WITH CHECK ((SELECT viewer()) = 'auth');
CREATE POLICY admin_unlocks ON login_attempts FOR DELETE TO traffic_app USING ((SELECT viewer_is_admin()));

-- Nobody writes an entry in another's name; sign-in writes it for whoever signs in.
CREATE POLICY inserts ON audit_log FOR INSERT TO traffic_app
    WITH CHECK ((SELECT viewer()) = 'auth'
                OR ((SELECT viewer()) IN ('admin', 'analyst', 'targetologist', 'system')
                    AND user_id IS NOT DISTINCT FROM (SELECT viewer_user())));
CREATE POLICY admin_reads ON audit_log FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
