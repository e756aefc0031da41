-- Every deal that anything was ever said about.
SELECT DISTINCT deal_id FROM amocrm_events ORDER BY deal_id
