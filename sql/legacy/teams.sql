-- The teams of old, by slug or name, with what of each would go and what stays under its name.
SELECT t.id, t.slug, t.name, t.utm_source, t.is_active,
       (SELECT count(*) FROM traffic_users u WHERE u.team_id = t.id AND u.is_active) AS users,
       (SELECT count(*) FROM traffic_targetologist_settings s JOIN traffic_users u ON u.id = s.user_id
        WHERE u.team_id = t.id) AS settings,
       (SELECT count(*) FROM user_sessions s JOIN traffic_users u ON u.id = s.user_id
        WHERE u.team_id = t.id) AS sessions,
       (SELECT count(*) FROM traffic_weekly_plans p WHERE p.team_id = t.id AND p.week_start > CAST(:today AS date))
           AS plans,
       (SELECT count(*) FROM lead_tracking l WHERE l.team_id = t.id) AS leads,
       (SELECT count(*) FROM all_sales_tracking s WHERE s.team_id = t.id) AS sales
FROM traffic_teams t
WHERE lower(t.slug) = ANY(CAST(:names AS text[])) OR lower(t.name) = ANY(CAST(:names AS text[]))
ORDER BY t.slug
