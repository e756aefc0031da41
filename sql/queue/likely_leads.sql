-- Leads that may have brought sales (:ids): of the same person (ties: 1 contact, 2 phone, 3 e-mail), of the same
-- campaign in the :days before (4), and the last ones of any team before the sale (5). A lead may come by several ties.
WITH asked AS MATERIALIZED (
    SELECT s.id, s.deal_id, s.contact_id, s.contact_phone, s.contact_email, s.sale_date, s.utm_campaign
    FROM all_sales_tracking s
    WHERE s.id = ANY (CAST(:ids AS uuid[]))),
tied AS (
    SELECT id, deal_id AS of_deal FROM asked
    UNION
    SELECT a.id, dc.deal_id FROM asked a JOIN amocrm_deal_contacts dc ON dc.contact_id = a.contact_id),
points AS (
    SELECT a.id, c.kind, c.value FROM asked a JOIN amocrm_contact_points c ON c.contact_id = a.contact_id
    UNION
    SELECT id, 'phone', contact_phone FROM asked WHERE contact_phone IS NOT NULL
    UNION
    SELECT id, 'email', contact_email FROM asked WHERE contact_email IS NOT NULL),
found AS (
    SELECT t.id, l.id AS lead_id, 1 AS tie FROM tied t JOIN landing_leads l ON l.amocrm_lead_id = t.of_deal
    UNION
    SELECT p.id, l.id, 2 FROM points p JOIN landing_leads l ON p.kind = 'phone' AND l.phone_norm = p.value
    UNION
    SELECT p.id, o.lead_id, 2 FROM points p JOIN landing_lead_phones o ON p.kind = 'phone' AND o.phone = p.value
    UNION
    SELECT p.id, l.id, 3 FROM points p JOIN landing_leads l ON p.kind = 'email' AND l.email_norm = p.value
    UNION
    SELECT a.id, same.id, 4
    FROM asked a
    CROSS JOIN LATERAL (
        SELECT l.id FROM landing_leads l
        JOIN lead_tracking k ON k.lead_id = l.id AND k.team_id IS NOT NULL
        WHERE lower(l.utm_campaign) = lower(a.utm_campaign) AND l.created_at <= a.sale_date
          AND l.created_at > a.sale_date - make_interval(days => :days)
        ORDER BY l.created_at DESC LIMIT 5) same
    UNION
    SELECT a.id, near.id, 5
    FROM asked a
    CROSS JOIN LATERAL (
        SELECT l.id FROM landing_leads l
        JOIN lead_tracking k ON k.lead_id = l.id AND k.team_id IS NOT NULL
        WHERE l.created_at <= a.sale_date AND l.created_at > a.sale_date - make_interval(days => 3)
        ORDER BY l.created_at DESC LIMIT 5) near)
SELECT f.id AS sale_id, f.lead_id, f.tie, a.sale_date, a.utm_campaign AS sale_campaign, l.created_at, l.source,
       l.utm_source, l.utm_campaign, k.reason, t.slug, t.name, t.color, t.emoji
FROM found f
JOIN asked a ON a.id = f.id
JOIN landing_leads l ON l.id = f.lead_id
LEFT JOIN lead_tracking k ON k.lead_id = f.lead_id
LEFT JOIN traffic_teams t ON t.id = k.team_id
