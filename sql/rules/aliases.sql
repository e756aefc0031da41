-- Other names of the teams.
SELECT a.id, t.slug AS team_slug, a.utm_source, a.utm_medium, a.campaign_token, a.funnel, a.priority,
       a.valid_from, a.valid_to
FROM team_aliases a
JOIN traffic_teams t ON t.id = a.team_id
ORDER BY a.id
