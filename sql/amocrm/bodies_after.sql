-- Bodies of amoCRM that were read, in the order of their arrival.
SELECT id, seq, received_at, content_type, body
FROM webhook_events
WHERE source = 'amocrm' AND status = 'processed' AND seq > :seq
ORDER BY seq
LIMIT :how_many
