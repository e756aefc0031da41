-- Leads with what was decided about each, the oldest first.
SELECT l.id, l.created_at, l.source, l.funnel, l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term,
       l.utm_id, k.lead_day, k.attribution_method, k.confidence, k.rule_id, k.reason, t.slug AS team_slug,
       t.name AS team_name, k.campaign_id
FROM landing_leads l
JOIN lead_tracking k ON k.lead_id = l.id
LEFT JOIN traffic_teams t ON t.id = k.team_id
WHERE l.id = ANY (CAST(:ids AS uuid[]))
ORDER BY l.created_at, l.id
