-- A lead with what was decided about it, and its person by a point that is not shared, as far as the viewer may see.
SELECT l.id, l.created_at, l.source, l.funnel, l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term,
       l.utm_id, l.amocrm_lead_id, k.lead_day, k.attribution_method, k.confidence, k.rule_id, k.reason, k.candidates,
       k.locked, t.slug AS team_slug, t.name AS team_name, t.color, t.emoji, c.name AS campaign,
       coalesce(phone.person_key, email.person_key, 'lead:' || l.id) AS person_key,
       coalesce(phone.sure_key, 'lead:' || l.id) AS sure_key
FROM landing_leads l
JOIN lead_tracking k ON k.lead_id = l.id
LEFT JOIN traffic_teams t ON t.id = k.team_id
LEFT JOIN ad_campaigns c ON c.id = k.campaign_id
LEFT JOIN person_points phone ON phone.kind = 'phone' AND phone.value = l.phone_norm AND NOT phone.is_shared
LEFT JOIN person_points email ON email.kind = 'email' AND email.value = l.email_norm AND NOT email.is_shared
WHERE l.id = CAST(:lead_id AS uuid)
