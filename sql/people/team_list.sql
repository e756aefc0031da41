-- Every team as an admin arranges it, or the one asked for: look, marks, people, sales of the latest days, state.
SELECT t.id, t.slug, t.name, t.color, t.emoji, t.utm_source, t.utm_medium, t.is_active, t.version, t.archived_at,
       home.slug AS merged_into, home.name AS merged_into_name, m.id AS merge_id,
       ARRAY(SELECT coalesce(a.utm_source, a.campaign_token) FROM team_aliases a WHERE a.team_id = t.id
             ORDER BY a.created_at, a.id) AS aliases,
       ARRAY(SELECT coalesce(nullif(u.full_name, ''), u.email) FROM traffic_users u
             WHERE u.team_id = t.id AND u.is_active ORDER BY u.created_at, u.id) AS people,
       coalesce((SELECT sum(s.express_sales + s.main_sales + s.other_sales) FROM traffic_stats s
                 WHERE s.team_id = t.id AND s.stat_date BETWEEN :first_day AND :last_day), 0) AS sales
FROM traffic_teams t
LEFT JOIN traffic_teams home ON home.id = t.merged_into
LEFT JOIN team_merges m ON m.source_id = t.id AND m.undone_at IS NULL
WHERE CAST(:team_id AS uuid) IS NULL OR t.id = CAST(:team_id AS uuid)
ORDER BY t.is_active DESC, t.created_at
