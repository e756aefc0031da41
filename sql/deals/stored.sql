-- The deals as they were settled last.
SELECT deal_id, pipeline_id, status_id, name, price, created_at, modified_at, is_deleted, contact_id, person_key, sure_key,
       utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id, fbclid, landing_lead_id, team_id,
       attribution_method, confidence, rule_id, reason, candidates, campaign_id, created_day, is_registration
FROM amocrm_deals
WHERE deal_id = ANY(:deal_ids)
