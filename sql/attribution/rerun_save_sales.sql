-- The sales that were decided otherwise, written.
UPDATE all_sales_tracking s
SET team_id = m.team_id, team_name = m.team_name, attribution_method = m.method, confidence = m.confidence,
    rule_id = m.rule_id, reason = m.reason, candidates = m.candidates, campaign_id = m.campaign_id,
    landing_lead_id = m.landing_lead_id, lead_day = m.lead_day, updated_at = now(),
    utm_source = m.utm_source, utm_medium = m.utm_medium, utm_campaign = m.utm_campaign, utm_content = m.utm_content,
    utm_term = m.utm_term, utm_id = m.utm_id
FROM rerun_moved_sales m
WHERE s.id = m.sale_id
