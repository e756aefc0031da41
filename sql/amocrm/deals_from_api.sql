-- Deals of which the API told something.
SELECT DISTINCT deal_id FROM amocrm_events
WHERE webhook_id IS NULL AND action NOT IN ('import', 'delete') AND deal_id > 0
ORDER BY deal_id
