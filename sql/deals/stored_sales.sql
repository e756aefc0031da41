-- The sales of these deals as they were settled last.
SELECT id, source_table, deal_id, product, sale_amount, contact_id, contact_name, contact_phone, contact_email,
       utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id, landing_lead_id, team_id, team_name,
       attribution_method, confidence, rule_id, reason, candidates, campaign_id, locked, is_reversed, reversed_at,
       pipeline_id, status_id, sale_date, sale_day, lead_day, webhook_received_at
FROM all_sales_tracking
WHERE deal_id = ANY(:deal_ids)
