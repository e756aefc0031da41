-- Deliveries that still have to be processed; those that failed wait for their next attempt and are not counted.
SELECT count(*) AS waiting FROM webhook_events WHERE status = 'received'
