-- The leads that hold a tie to one of these deals.
SELECT id, amocrm_lead_id, created_at, event_id
FROM landing_leads
WHERE amocrm_lead_id = ANY(:deal_ids)
