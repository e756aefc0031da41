-- One event with its body, and the deals it told of.
SELECT e.id, e.seq, e.source, e.source_name, e.received_at, e.status, e.reason, e.attempts,
       NULLIF(e.next_attempt_at, 'infinity') AS next_attempt_at, e.processed_at, octet_length(e.body) AS size,
       e.content_type, e.headers, e.body,
       ARRAY(SELECT DISTINCT a.deal_id FROM amocrm_events a WHERE a.webhook_id = e.id ORDER BY 1 LIMIT 20) AS deal_ids
FROM webhook_events e
WHERE e.id = CAST(:event_id AS uuid)
