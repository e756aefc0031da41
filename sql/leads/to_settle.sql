-- Leads with what attribution decided about them last.
SELECT l.id, l.created_at, l.funnel, l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term, l.utm_id,
       t.lead_id IS NOT NULL AS is_settled, coalesce(t.locked, false) AS locked,
       t.utm_source AS settled_source, t.utm_medium AS settled_medium, t.utm_campaign AS settled_campaign,
       t.utm_content AS settled_content, t.utm_term AS settled_term,
       t.team_id, t.team_name, t.attribution_method, t.confidence, t.rule_id, t.reason, t.candidates, t.campaign_id,
       t.lead_day
FROM landing_leads l
LEFT JOIN lead_tracking t ON t.lead_id = l.id
WHERE l.id = ANY(CAST(:ids AS uuid[]))
