-- Ad accounts, campaigns and ads that belong to a team.
SELECT b.id, t.slug AS team_slug, b.kind, b.external_id, b.valid_from, b.valid_to
FROM campaign_bindings b
JOIN traffic_teams t ON t.id = b.team_id
ORDER BY b.id
