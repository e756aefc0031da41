-- The leads of the persons that are asked, by the ties of deals/person_leads; one may stand here several times.
CREATE TEMP TABLE rerun_persons ON COMMIT DROP AS
WITH person AS MATERIALIZED (
    SELECT d.deal_id, d.contact_id, d.person_key, d.sure_key
    FROM rerun_deals d
    WHERE d.is_known AND d.deal_id IN (SELECT deal_id FROM rerun_cases WHERE asks_person)),
tied AS (
    SELECT deal_id, deal_id AS of_deal FROM person
    UNION ALL
    SELECT p.deal_id, dc.deal_id FROM person p JOIN amocrm_deal_contacts dc USING (contact_id)
    WHERE dc.deal_id <> p.deal_id),
point AS MATERIALIZED (
    SELECT p.deal_id, k.kind, k.value, k.sure_key IS DISTINCT FROM p.sure_key AS is_weak
    FROM person p JOIN person_points k ON k.person_key = p.person_key AND k.kind <> 'contact'),
found AS (
    SELECT t.deal_id, l.id, false AS is_weak, l.created_at, l.amocrm_lead_id
    FROM tied t JOIN landing_leads l ON l.amocrm_lead_id = t.of_deal
    UNION ALL
    SELECT p.deal_id, l.id, p.is_weak, l.created_at, l.amocrm_lead_id
    FROM point p JOIN landing_leads l ON l.phone_norm = p.value WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.deal_id, l.id, p.is_weak, l.created_at, l.amocrm_lead_id
    FROM point p JOIN landing_lead_phones o ON o.phone = p.value JOIN landing_leads l ON l.id = o.lead_id
    WHERE p.kind = 'phone'
    UNION ALL
    SELECT p.deal_id, l.id, true, l.created_at, l.amocrm_lead_id
    FROM point p JOIN landing_leads l ON l.email_norm = p.value WHERE p.kind = 'email')
SELECT f.deal_id, f.id AS lead_id, f.is_weak, f.created_at,
       f.amocrm_lead_id IS NOT DISTINCT FROM f.deal_id AS made_deal, t.team_id, t.campaign_id, t.lead_day
FROM found f
JOIN lead_tracking t ON t.lead_id = f.id
