-- Who may touch which table at all. Row level security (the next files) decides about rows.
-- Invariant: the two groups own nothing; audit_log only grows; alembic_version is read only.
-- A later table gets its grants and its policies in a file of its own beside this one. A later migration that changes
-- rows of a table with forced row security begins with ALTER TABLE … NO FORCE ROW LEVEL SECURITY and ends with FORCE.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

-- The viewer of the transaction. Unset, '' (what SET LOCAL leaves behind) and unknown mean nobody: NULL, no rows.
CREATE FUNCTION viewer() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('app.viewer', true)
                     IN ('admin', 'analyst', 'targetologist', 'auth', 'intake', 'system')
                THEN current_setting('app.viewer', true) END;
CREATE FUNCTION viewer_is_admin() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN viewer() = 'admin';
CREATE FUNCTION viewer_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN viewer() IN ('admin', 'analyst');
-- The signed-in person; NULL for sign-in, intake and system.
CREATE FUNCTION viewer_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN viewer() IN ('admin', 'analyst', 'targetologist')
                THEN CAST(NULLIF(current_setting('app.user_id', true), '') AS uuid) END;
-- The team a targetologist is confined to; NULL for everybody else.
CREATE FUNCTION viewer_team() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN viewer() = 'targetologist'
                THEN CAST(NULLIF(current_setting('app.team_id', true), '') AS uuid) END;

-- The web process: people
GRANT SELECT, INSERT, UPDATE, DELETE ON
    traffic_teams, traffic_users, traffic_targetologist_settings, user_sessions, refresh_tokens TO traffic_app;
GRANT SELECT, INSERT, DELETE ON login_attempts TO traffic_app;
GRANT SELECT, INSERT ON audit_log TO traffic_app;

-- The web process: intake and facts; an admin may replay an event and assign by hand, nothing else changes here
GRANT SELECT, INSERT ON webhook_events TO traffic_app;
GRANT UPDATE (status, reason, attempts, next_attempt_at, leased_until, processed_at) ON webhook_events TO traffic_app;
GRANT SELECT ON
    landing_leads, lead_tracking, amocrm_events, amocrm_contacts, amocrm_deal_contacts, amocrm_deals,
    express_course_sales, main_product_sales, other_product_sales, all_sales_tracking, sales_activity_log,
    ad_accounts, ad_campaigns, ad_statistics, exchange_rates, traffic_stats TO traffic_app;
GRANT UPDATE (team_id, team_name, attribution_method, confidence, rule_id, reason, candidates, campaign_id, locked,
              attributed_at, updated_at) ON lead_tracking TO traffic_app;
GRANT UPDATE (team_id, team_name, attribution_method, confidence, rule_id, reason, candidates, campaign_id, locked,
              updated_at) ON all_sales_tracking TO traffic_app;
GRANT INSERT ON sales_activity_log TO traffic_app;
GRANT UPDATE (is_selected, owner_user_id, updated_at) ON ad_accounts TO traffic_app;
GRANT UPDATE (is_tracked, team_id, attribution_method, rule_id, reason, candidates, locked, updated_at)
    ON ad_campaigns TO traffic_app;

-- The web process: what an admin arranges, what everybody may know
GRANT SELECT, INSERT, UPDATE, DELETE ON
    team_aliases, campaign_bindings, amocrm_pipelines, amocrm_fields, traffic_weekly_plans, periods_closed
    TO traffic_app;
GRANT SELECT, INSERT ON attribution_rules_versions, sync_runs, notifications, stats_dirty_days TO traffic_app;
GRANT SELECT, UPDATE ON data_version TO traffic_app;
GRANT SELECT ON job_ticks, installation, alembic_version TO traffic_app;

-- The workers
GRANT SELECT, INSERT, UPDATE, DELETE ON
    traffic_teams, traffic_targetologist_settings, team_aliases, campaign_bindings, attribution_rules_versions,
    webhook_events, landing_leads, lead_tracking,
    amocrm_pipelines, amocrm_fields, amocrm_events, amocrm_contacts, amocrm_deal_contacts, amocrm_deals,
    express_course_sales, main_product_sales, other_product_sales, all_sales_tracking, sales_activity_log,
    ad_accounts, ad_campaigns, ad_statistics, exchange_rates, traffic_stats, stats_dirty_days,
    sync_runs, job_ticks, traffic_weekly_plans, notifications, periods_closed, installation TO traffic_jobs;
GRANT SELECT, INSERT, UPDATE ON traffic_users TO traffic_jobs;
GRANT SELECT, DELETE ON user_sessions, refresh_tokens, login_attempts TO traffic_jobs;
GRANT SELECT, INSERT ON audit_log TO traffic_jobs;
GRANT SELECT, UPDATE ON data_version TO traffic_jobs;
GRANT SELECT ON alembic_version TO traffic_jobs;
