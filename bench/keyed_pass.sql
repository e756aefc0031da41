-- What somebody would write by hand for this one company: one keyed pass over leads, deals and sales, without pieces,
-- rules, evidence, log, or marks on days. It says the same team of every row as the product does.
CREATE TEMP TABLE keyed AS
SELECT 's' || utm_source AS key, id AS team_id, name, 'utm_exact' AS method, 'team:' || slug AS rule_id FROM traffic_teams
UNION ALL
SELECT 's' || a.utm_source, t.id, t.name, 'alias', CAST(a.id AS text)
FROM team_aliases a JOIN traffic_teams t ON t.id = a.team_id WHERE a.utm_source IS NOT NULL
UNION ALL
SELECT 'w' || a.campaign_token, t.id, t.name, 'campaign_token', CAST(a.id AS text)
FROM team_aliases a JOIN traffic_teams t ON t.id = a.team_id WHERE a.utm_source IS NULL
UNION ALL
SELECT 'c' || b.external_id, t.id, t.name, 'campaign_binding', CAST(b.id AS text)
FROM campaign_bindings b JOIN traffic_teams t ON t.id = b.team_id;
CREATE UNIQUE INDEX ON keyed (key);
ANALYZE keyed;

UPDATE lead_tracking t
SET team_id = k.team_id, team_name = k.name, attribution_method = k.method, rule_id = k.rule_id,
    confidence = CASE WHEN k.team_id IS NOT NULL THEN 'high' END, attributed_at = now(), updated_at = now(),
    reason = CASE WHEN k.team_id IS NULL THEN CASE WHEN l.utm_source IS NULL THEN 'no_utm' ELSE 'unknown_source' END END,
    campaign_id = c.id
FROM landing_leads l
LEFT JOIN ad_campaigns c ON c.campaign_id = l.utm_campaign
LEFT JOIN keyed s ON s.key = 's' || lower(btrim(l.utm_source))
LEFT JOIN keyed b ON b.key = 'c' || btrim(l.utm_campaign)
LEFT JOIN keyed w ON w.key = 'w' || split_part(lower(l.utm_campaign), ' ', 2)
LEFT JOIN keyed k ON k.key = coalesce(s.key, b.key, w.key)
WHERE l.id = t.lead_id;
ANALYZE lead_tracking;

CREATE TEMP TABLE asked AS
SELECT d.deal_id, d.created_at, m.contact_phone, k.team_id, k.name, k.method, k.rule_id, c.id AS campaign_id
FROM amocrm_deals d
JOIN (SELECT contact_id, phone_norm AS contact_phone FROM amocrm_contacts) AS m USING (contact_id)
LEFT JOIN ad_campaigns c ON c.campaign_id = d.utm_campaign
LEFT JOIN keyed s ON s.key = 's' || lower(btrim(d.utm_source))
LEFT JOIN keyed b ON b.key = 'c' || btrim(d.utm_campaign)
LEFT JOIN keyed w ON w.key = 'w' || split_part(lower(d.utm_campaign), ' ', 2)
LEFT JOIN keyed k ON k.key = coalesce(s.key, b.key, w.key);
ANALYZE asked;

UPDATE amocrm_deals d
SET team_id = coalesce(a.team_id, p.team_id), rule_id = coalesce(a.rule_id, 'lead:' || CAST(p.id AS text)),
    attribution_method = coalesce(a.method, CASE WHEN p.team_id IS NOT NULL THEN 'person_match' END),
    confidence = CASE WHEN coalesce(a.team_id, p.team_id) IS NOT NULL THEN 'medium' END, updated_at = now(),
    reason = CASE WHEN coalesce(a.team_id, p.team_id) IS NULL THEN 'no_person' END, landing_lead_id = p.id,
    campaign_id = coalesce(a.campaign_id, p.campaign_id)
FROM asked a
LEFT JOIN LATERAL (
    SELECT l.id, t.team_id, t.campaign_id FROM landing_leads l JOIN lead_tracking t ON t.lead_id = l.id
    WHERE a.team_id IS NULL AND t.team_id IS NOT NULL AND l.phone_norm = a.contact_phone
      AND l.created_at < a.created_at + INTERVAL '10 minutes' AND l.created_at >= a.created_at - INTERVAL '90 days'
    ORDER BY l.created_at DESC LIMIT 1) AS p ON true
WHERE d.deal_id = a.deal_id;

UPDATE all_sales_tracking s
SET team_id = coalesce(a.team_id, p.team_id), team_name = coalesce(a.name, p.team_name),
    attribution_method = coalesce(a.method, CASE WHEN p.team_id IS NOT NULL THEN 'person_match' END),
    rule_id = coalesce(a.rule_id, 'lead:' || CAST(p.id AS text)), updated_at = now(),
    confidence = CASE WHEN coalesce(a.team_id, p.team_id) IS NOT NULL THEN 'medium' END,
    reason = CASE WHEN coalesce(a.team_id, p.team_id) IS NULL THEN 'no_person' END, landing_lead_id = p.id,
    lead_day = p.lead_day, campaign_id = coalesce(a.campaign_id, p.campaign_id)
FROM all_sales_tracking o
JOIN asked a USING (deal_id)
LEFT JOIN LATERAL (
    SELECT l.id, t.team_id, t.team_name, t.campaign_id, t.lead_day
    FROM landing_leads l JOIN lead_tracking t ON t.lead_id = l.id
    WHERE a.team_id IS NULL AND t.team_id IS NOT NULL AND l.phone_norm = a.contact_phone
      AND l.created_at < o.sale_date AND l.created_at >= o.sale_date - INTERVAL '90 days'
    ORDER BY l.created_at DESC LIMIT 1) AS p ON true
WHERE s.id = o.id
