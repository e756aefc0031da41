-- The next deliveries nobody works on, in their order; those another worker holds are stepped over.
SELECT id, seq, source, source_name, received_at, content_type, body, attempts, leased_until
FROM webhook_events
WHERE status IN ('received', 'failed') AND next_attempt_at <= now()
ORDER BY next_attempt_at, seq
LIMIT :how_many
FOR UPDATE SKIP LOCKED
