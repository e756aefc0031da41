-- The state of the installation as the database knows it, one row.
SELECT
    (SELECT max(received_at) FROM webhook_events WHERE source = 'amocrm') AS amocrm_at,
    (SELECT max(received_at) FROM webhook_events WHERE source = 'landing') AS landing_at,
    accounts.selected AS accounts, accounts.failed AS accounts_failed, accounts.synced_at AS facebook_at,
    (SELECT max(date) FROM exchange_rates) AS rate_day,
    compared.checked_at AS compared_at, compared.deals_left AS compared_left,
    (SELECT count(*) FROM webhook_events WHERE status = 'received') AS inbox_waiting,
    (SELECT min(received_at) FROM webhook_events WHERE status = 'received') AS inbox_since,
    (SELECT count(*) FROM webhook_events WHERE status = 'failed') AS inbox_failed,
    (SELECT count(*) FROM webhook_events WHERE status = 'dead') AS inbox_dead,
    (SELECT count(*) FROM notifications WHERE status IN ('queued', 'sending')) AS outbox_waiting,
    -- What keeps the quiet hours of its person is not late.
    (SELECT min(n.next_attempt_at) FROM notifications n
     LEFT JOIN traffic_targetologist_settings s ON n.keeps_quiet AND s.user_id = n.user_id
     WHERE n.status IN ('queued', 'sending')
       AND NOT coalesce(CASE WHEN s.quiet_from < s.quiet_to THEN :hour >= s.quiet_from AND :hour < s.quiet_to
                             ELSE :hour >= s.quiet_from OR :hour < s.quiet_to END, false)) AS outbox_since,
    (SELECT count(*) FROM notifications WHERE status = 'failed') AS outbox_failed,
    (SELECT count(*) FROM notifications
     WHERE status = 'dead' AND next_attempt_at > CAST(:last_week AS timestamptz)) AS outbox_dead,
    (SELECT count(*) FROM sync_runs
     WHERE status = 'failed' AND finished_at > CAST(:yesterday AS timestamptz)) AS runs_failed,
    (SELECT version_num FROM alembic_version) AS revision,
    current_setting('server_version') AS postgresql,
    pg_database_size(current_database()) AS database_size,
    EXISTS (SELECT FROM pg_locks l
            CROSS JOIN (SELECT hashtextextended(:leadership, 7) AS key) AS wanted
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (CAST(CAST(l.classid AS bigint) AS bit(64)) << 32) | CAST(CAST(l.objid AS bigint) AS bit(64))
                  = CAST(wanted.key AS bit(64))) AS is_led
FROM (SELECT count(*) AS selected, count(*) FILTER (WHERE last_error IS NOT NULL) AS failed,
             CASE WHEN count(*) = count(last_synced_at) THEN min(last_synced_at) END AS synced_at
      FROM ad_accounts WHERE is_selected) AS accounts
LEFT JOIN (SELECT checked_at, deals_left FROM amocrm_reconciliations ORDER BY checked_at DESC LIMIT 1) AS compared
  ON true
