-- The events that told of a deal, the newest first: of amoCRM, and the form that made it.
SELECT e.id, e.seq, e.source, e.source_name, e.received_at, e.status, e.reason, e.attempts,
       NULLIF(e.next_attempt_at, 'infinity') AS next_attempt_at, e.processed_at, octet_length(e.body) AS size
FROM webhook_events e
WHERE e.id IN (SELECT a.webhook_id FROM amocrm_events a WHERE a.deal_id = :deal_id
               UNION SELECT l.event_id FROM landing_leads l WHERE l.amocrm_lead_id = :deal_id)
  AND e.source = ANY (CAST(:sources AS text[])) AND e.status = ANY (CAST(:statuses AS text[]))
  AND e.received_at >= CAST(:since AS timestamptz) AND e.received_at < CAST(:until AS timestamptz)
ORDER BY e.received_at DESC, e.seq DESC
LIMIT :row_limit
