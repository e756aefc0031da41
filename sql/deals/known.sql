-- Which of these deals count: a deal that never was in a configured pipeline has no row.
SELECT deal_id FROM amocrm_deals WHERE deal_id = ANY(:deal_ids)
