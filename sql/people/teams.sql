-- The teams this viewer may know, by name.
SELECT t.id, t.slug, t.name, t.color, t.emoji, t.utm_source, t.is_active, home.slug AS merged_into
FROM traffic_teams t
LEFT JOIN traffic_teams home ON home.id = t.merged_into
ORDER BY lower(t.name)
