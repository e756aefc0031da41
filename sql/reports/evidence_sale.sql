-- A sale with its deal, team and campaign, as far as the viewer may see them.
SELECT s.id, s.deal_id, s.product, s.sale_amount, s.currency, s.amount_usd,
       s.usd_to_kzt_rate, s.payment_of, s.sale_date, s.sale_day, s.is_reversed, s.locked,
       d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id, s.attribution_method,
       s.confidence, s.rule_id, s.reason, s.candidates, s.contact_id, s.contact_phone, s.contact_email,
       s.landing_lead_id, t.slug AS team_slug, t.name AS team_name, t.color, t.emoji, c.name AS campaign,
       d.created_at AS deal_created_at, coalesce(d.created_day, s.sale_day) AS deal_day,
       coalesce(p.product, s.product) AS funnel, coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key,
       coalesce(d.sure_key, 'deal:' || s.deal_id) AS sure_key
FROM all_sales_tracking s
LEFT JOIN traffic_teams t ON t.id = s.team_id
LEFT JOIN ad_campaigns c ON c.id = s.campaign_id
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE s.id = CAST(:sale_id AS uuid)
