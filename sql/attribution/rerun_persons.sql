-- The leads of the persons that are asked, each with its tie as in deals/person_leads; one may stand here several times.
CREATE TEMP TABLE rerun_persons ON COMMIT DROP AS
WITH person AS MATERIALIZED (
    SELECT d.deal_id, d.contact_id, d.phone, d.email
    FROM rerun_deals d
    WHERE d.deal_id IN (SELECT deal_id FROM rerun_cases WHERE asks_person AND is_known)),
points AS MATERIALIZED (
    SELECT p.deal_id, c.kind, c.value FROM person p JOIN amocrm_contact_points c USING (contact_id)),
tied AS (
    SELECT deal_id, deal_id AS of_deal FROM person
    UNION ALL
    SELECT p.deal_id, dc.deal_id FROM person p JOIN amocrm_deal_contacts dc USING (contact_id)
    WHERE dc.deal_id <> p.deal_id),
found AS (
    SELECT t.deal_id, l.id, 1 AS tie, l.created_at, l.amocrm_lead_id
    FROM tied t JOIN landing_leads l ON l.amocrm_lead_id = t.of_deal
    UNION ALL
    SELECT p.deal_id, l.id, 2, l.created_at, l.amocrm_lead_id
    FROM person p JOIN landing_leads l ON l.phone_norm = p.phone
    UNION ALL
    SELECT p.deal_id, l.id, 3, l.created_at, l.amocrm_lead_id
    FROM person p JOIN landing_leads l ON l.email_norm = p.email
    UNION ALL
    SELECT p.deal_id, l.id, 2, l.created_at, l.amocrm_lead_id
    FROM person p JOIN landing_lead_phones o ON o.phone = p.phone JOIN landing_leads l ON l.id = o.lead_id
    UNION ALL
    SELECT c.deal_id, l.id, 2, l.created_at, l.amocrm_lead_id
    FROM points c JOIN landing_leads l ON l.phone_norm = c.value WHERE c.kind = 'phone'
    UNION ALL
    SELECT c.deal_id, l.id, 2, l.created_at, l.amocrm_lead_id
    FROM points c JOIN landing_lead_phones o ON o.phone = c.value JOIN landing_leads l ON l.id = o.lead_id
    WHERE c.kind = 'phone'
    UNION ALL
    SELECT c.deal_id, l.id, 3, l.created_at, l.amocrm_lead_id
    FROM points c JOIN landing_leads l ON l.email_norm = c.value WHERE c.kind = 'email')
SELECT f.deal_id, f.id AS lead_id, f.tie = 3 AS is_weak, f.created_at,
       f.amocrm_lead_id IS NOT DISTINCT FROM f.deal_id AS made_deal, t.team_id, t.campaign_id, t.lead_day
FROM found f
JOIN lead_tracking t ON t.lead_id = f.id
