-- The leads of the person behind each deal, each once with the strongest tie: 1 the contact (a lead tied to the deal
-- or to another deal of the contact), 2 the person without asking e-mails, 3 the person by an e-mail.
WITH person AS (
    SELECT * FROM unnest(CAST(:deal_ids AS bigint[]), CAST(:contact_ids AS bigint[]), CAST(:persons AS text[]),
                         CAST(:sure AS text[])) AS given (deal_id, contact_id, person_key, sure_key)),
tied AS (
    SELECT deal_id, deal_id AS of_deal FROM person
    UNION
    SELECT p.deal_id, dc.deal_id FROM person p JOIN amocrm_deal_contacts dc ON dc.contact_id = p.contact_id),
point AS (
    SELECT p.deal_id, k.kind, k.value, CASE WHEN k.sure_key = p.sure_key THEN 2 ELSE 3 END AS tie
    FROM person p JOIN person_points k ON k.person_key = p.person_key),
found AS (
    SELECT t.deal_id, l.id, 1 AS tie FROM tied t JOIN landing_leads l ON l.amocrm_lead_id = t.of_deal
    UNION ALL
    SELECT p.deal_id, l.id, p.tie FROM point p JOIN landing_leads l ON l.phone_norm = p.value WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.deal_id, o.lead_id, p.tie FROM point p JOIN landing_lead_phones o ON o.phone = p.value
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.deal_id, l.id, 3 FROM point p JOIN landing_leads l ON l.email_norm = p.value WHERE p.kind = 'email'),
strongest AS (
    SELECT deal_id, id, min(tie) AS tie FROM found GROUP BY deal_id, id)
SELECT s.deal_id, s.id AS lead_id, s.tie, l.created_at, l.amocrm_lead_id IS NOT DISTINCT FROM s.deal_id AS made_deal,
       t.team_id, t.campaign_id, t.lead_day, l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term,
       l.utm_id
FROM strongest s
JOIN landing_leads l ON l.id = s.id
JOIN lead_tracking t ON t.lead_id = s.id
