-- What the filter bar may offer the viewer: the teams and campaigns the policies let them see, and the first day.
SELECT (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'color', t.color, 'emoji', t.emoji)
                                  ORDER BY t.created_at, t.slug), '[]')
        FROM traffic_teams t
        WHERE t.is_active OR EXISTS (SELECT 1 FROM traffic_stats s WHERE s.team_id = t.id)) AS teams,
       (SELECT COALESCE(jsonb_agg(jsonb_build_array(c.campaign_id, c.name) ORDER BY lower(c.name), c.campaign_id), '[]')
        FROM ad_campaigns c WHERE c.is_tracked) AS campaigns,
       (SELECT min(stat_date) FROM traffic_stats) AS first_day
