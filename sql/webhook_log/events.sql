-- The newest events of the inbox, without their bodies: those hold personal data.
SELECT id, seq, source, source_name, received_at, status, reason, attempts,
       NULLIF(next_attempt_at, 'infinity') AS next_attempt_at, processed_at,
       octet_length(body) AS size
FROM webhook_events
WHERE (CAST(:status AS text) IS NULL OR status = :status)
  AND (CAST(:source AS text) IS NULL OR source = :source)
  AND (CAST(:before AS bigint) IS NULL OR seq < :before)
ORDER BY seq DESC
LIMIT :row_limit
