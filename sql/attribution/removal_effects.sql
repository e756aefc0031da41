-- What the data-driven model knows of the teams that the viewer sees.
SELECT t.slug, e.effect, e.learned_at
FROM team_removal_effects e
JOIN traffic_teams t ON t.id = e.team_id
