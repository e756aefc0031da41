-- Row level security on every table of the product, for its owner too; the workers see all rows.
-- What the web process sees is said, table by table, in the files that follow. Without a policy: nothing.

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'traffic_teams', 'traffic_users', 'traffic_targetologist_settings', 'user_sessions', 'refresh_tokens',
        'login_attempts', 'audit_log', 'webhook_events', 'landing_leads', 'team_aliases', 'campaign_bindings',
        'attribution_rules_versions', 'lead_tracking', 'amocrm_pipelines', 'amocrm_fields', 'amocrm_events',
        'amocrm_contacts', 'amocrm_deal_contacts', 'amocrm_deals', 'express_course_sales', 'main_product_sales',
        'other_product_sales', 'all_sales_tracking', 'sales_activity_log', 'ad_accounts', 'ad_campaigns',
        'ad_statistics', 'exchange_rates', 'traffic_stats', 'stats_dirty_days', 'sync_runs', 'job_ticks',
        'traffic_weekly_plans', 'notifications', 'periods_closed', 'data_version', 'installation'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
    END LOOP;
END
$$;
