-- The teams this viewer may know, by name.
SELECT id, slug, name, color, emoji, utm_source, is_active
FROM traffic_teams
ORDER BY lower(name)
