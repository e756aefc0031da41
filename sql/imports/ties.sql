-- Which leads are tied to these deals.
SELECT amocrm_lead_id, import_record_id FROM landing_leads WHERE amocrm_lead_id = ANY(CAST(:deal_ids AS bigint[]))
