-- The standing sales of some days that their own marks leave to the person (:keys), with the leads of that person
-- from before the sale; a sale without such a lead comes once, without a lead. Ties: 1 contact, 2 person, 3 e-mail.
WITH undecided AS MATERIALIZED (
    SELECT s.id, s.deal_id, s.contact_id, coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key,
           coalesce(d.sure_key, 'deal:' || s.deal_id) AS sure_key, s.sale_date, s.sale_day, s.team_id, s.sale_amount
    FROM all_sales_tracking s
    LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
    LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
    WHERE s.sale_day BETWEEN :first_day AND :last_day AND NOT s.is_reversed AND NOT s.locked
      AND marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id,
                    coalesce(p.product, s.product), coalesce(d.created_day, s.sale_day), CAST(:known AS text[]),
                    CAST(:starts AS date[])) = ANY (CAST(:keys AS text[]))),
tied AS (
    SELECT id, deal_id AS of_deal FROM undecided
    UNION
    SELECT u.id, dc.deal_id FROM undecided u JOIN amocrm_deal_contacts dc ON dc.contact_id = u.contact_id),
point AS (
    SELECT u.id, k.kind, k.value, CASE WHEN k.sure_key = u.sure_key THEN 2 ELSE 3 END AS tie
    FROM undecided u JOIN person_points k ON k.person_key = u.person_key),
found AS (
    SELECT t.id, l.id AS lead_id, 1 AS tie FROM tied t JOIN landing_leads l ON l.amocrm_lead_id = t.of_deal
    UNION ALL
    SELECT p.id, l.id, p.tie FROM point p JOIN landing_leads l ON l.phone_norm = p.value WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.id, o.lead_id, p.tie FROM point p JOIN landing_lead_phones o ON o.phone = p.value WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.id, l.id, 3 FROM point p JOIN landing_leads l ON l.email_norm = p.value WHERE p.kind = 'email'),
strongest AS (
    SELECT id, lead_id, min(tie) AS tie FROM found GROUP BY id, lead_id)
SELECT u.id, u.sale_date, u.sale_day, u.team_id, u.sale_amount, s.lead_id, s.tie, l.created_at, t.team_id AS lead_team,
       coalesce(t.locked, false) AS locked,
       CASE WHEN l.id IS NOT NULL THEN
           marks_key(l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term, l.utm_id, l.funnel,
                     t.lead_day, CAST(:known AS text[]), CAST(:starts AS date[])) END AS key
FROM undecided u
LEFT JOIN strongest s ON s.id = u.id
LEFT JOIN landing_leads l ON l.id = s.lead_id
LEFT JOIN lead_tracking t ON t.lead_id = s.lead_id
