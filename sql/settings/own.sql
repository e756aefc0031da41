-- What a person has set, with the team behind it and the address that still waits for its confirmation.
SELECT u.id AS user_id, u.email AS login, u.full_name, u.role, u.locale, u.is_active,
       coalesce(s.version, 0) AS version,
       coalesce(s.utm_source, 'facebook') AS utm_source, coalesce(s.utm_medium, 'cpc') AS utm_medium,
       coalesce(s.utm_templates, '{}') AS utm_templates, coalesce(s.utm_locked, false) AS utm_locked,
       s.notification_email, s.notification_telegram, s.telegram_problem,
       coalesce(s.email_enabled, true) AS email_enabled, coalesce(s.telegram_enabled, true) AS telegram_enabled,
       coalesce(s.report_frequency, 'daily') AS report_frequency, coalesce(s.report_hour, 9) AS report_hour,
       s.quiet_from, s.quiet_to, s.updated_at,
       t.id AS team_id, t.slug AS team_slug, t.name AS team_name, t.color AS team_color, t.emoji AS team_emoji,
       t.utm_source AS team_source, t.version AS team_version
FROM traffic_users u
LEFT JOIN traffic_targetologist_settings s ON s.user_id = u.id
LEFT JOIN traffic_teams t ON t.id = u.team_id
WHERE u.id = CAST(:user_id AS uuid)
