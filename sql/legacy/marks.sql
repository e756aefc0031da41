-- The UTM sources by which the teams of old were ever known: their own, those of their people, and those that history
-- was attributed by. What another team is known by stays with that team.
WITH old AS (
    SELECT id, slug, utm_source FROM traffic_teams WHERE id = ANY(CAST(:team_ids AS uuid[]))
), marks AS (
    SELECT slug, utm_source FROM old
    UNION
    SELECT o.slug, lower(btrim(s.utm_source))
    FROM old o JOIN traffic_users u ON u.team_id = o.id JOIN traffic_targetologist_settings s ON s.user_id = u.id
    WHERE s.utm_source <> 'facebook'
    UNION
    SELECT o.slug, lower(btrim(l.utm_source))
    FROM old o JOIN lead_tracking l ON l.team_id = o.id AND l.attribution_method IN ('utm_exact', 'fb_slug')
    UNION
    SELECT o.slug, lower(btrim(d.utm_source))
    FROM old o JOIN amocrm_deals d ON d.team_id = o.id AND d.attribution_method IN ('utm_exact', 'fb_slug')
    UNION
    SELECT o.slug, lower(btrim(s.utm_source))
    FROM old o JOIN all_sales_tracking s ON s.team_id = o.id AND s.attribution_method IN ('utm_exact', 'fb_slug')
)
SELECT m.slug, m.utm_source
FROM marks m
WHERE m.utm_source <> '' AND m.utm_source NOT LIKE 'legacy\_%'
  AND NOT EXISTS (SELECT FROM team_aliases a WHERE a.utm_source = m.utm_source AND a.utm_medium IS NULL
                  AND a.campaign_token IS NULL AND a.funnel IS NULL AND a.valid_from IS NULL AND a.valid_to IS NULL)
  AND NOT EXISTS (SELECT FROM traffic_teams t WHERE t.utm_source = m.utm_source AND t.slug <> m.slug)
ORDER BY m.slug, m.utm_source
