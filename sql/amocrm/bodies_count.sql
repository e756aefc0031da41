-- How many bodies of amoCRM were read.
SELECT count(*) AS bodies FROM webhook_events WHERE source = 'amocrm' AND status = 'processed'
