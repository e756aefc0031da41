-- The leads of the persons that are asked, by the ties of deals/person_leads; one may stand here several times.
-- OFFSET 0 keeps each a look-up by key: a join the planner is free with reads whole indexes of leads, once in each piece.
CREATE TEMP TABLE rerun_persons ON COMMIT DROP AS
WITH person AS MATERIALIZED (
    SELECT d.deal_id, d.contact_id, d.person_key, d.sure_key
    FROM rerun_deals d
    WHERE d.is_known AND d.deal_id IN (SELECT deal_id FROM rerun_cases WHERE asks_person)),
tied AS (
    SELECT deal_id, deal_id AS of_deal FROM person
    UNION ALL
    SELECT p.deal_id, dc.deal_id
    FROM person p
    CROSS JOIN LATERAL (SELECT deal_id FROM amocrm_deal_contacts WHERE contact_id = p.contact_id OFFSET 0) AS dc
    WHERE dc.deal_id <> p.deal_id),
point AS MATERIALIZED (
    SELECT p.deal_id, k.kind, k.value, k.sure_key IS DISTINCT FROM p.sure_key AS is_weak
    FROM person p JOIN person_points k ON k.person_key = p.person_key AND k.kind <> 'contact'),
found AS (
    SELECT t.deal_id, l.id, false AS is_weak, l.created_at, l.amocrm_lead_id
    FROM tied t
    CROSS JOIN LATERAL (SELECT id, created_at, amocrm_lead_id FROM landing_leads
                        WHERE amocrm_lead_id = t.of_deal OFFSET 0) AS l
    UNION ALL
    SELECT p.deal_id, l.id, p.is_weak, l.created_at, l.amocrm_lead_id
    FROM point p
    CROSS JOIN LATERAL (SELECT id, created_at, amocrm_lead_id FROM landing_leads
                        WHERE phone_norm = p.value OFFSET 0) AS l
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.deal_id, l.id, p.is_weak, l.created_at, l.amocrm_lead_id
    FROM point p
    CROSS JOIN LATERAL (SELECT lead_id FROM landing_lead_phones WHERE phone = p.value OFFSET 0) AS o
    JOIN landing_leads l ON l.id = o.lead_id
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.deal_id, l.id, true, l.created_at, l.amocrm_lead_id
    FROM point p
    CROSS JOIN LATERAL (SELECT id, created_at, amocrm_lead_id FROM landing_leads
                        WHERE email_norm = p.value OFFSET 0) AS l
    WHERE p.kind = 'email')
SELECT f.deal_id, f.id AS lead_id, f.is_weak, f.created_at,
       f.amocrm_lead_id IS NOT DISTINCT FROM f.deal_id AS made_deal, t.team_id, t.campaign_id, t.lead_day
FROM found f
CROSS JOIN LATERAL (SELECT team_id, campaign_id, lead_day FROM lead_tracking WHERE lead_id = f.id OFFSET 0) AS t
