-- Deliveries of a part of the inbox that may be about people: amoCRM's, forms of these leads, and forms that made no lead.
SELECT e.id, e.source, e.content_type, e.body, l.id IS NOT NULL AS is_lead
FROM webhook_events e
LEFT JOIN landing_leads l ON l.event_id = e.id AND l.id = ANY(CAST(:lead_ids AS uuid[]))
WHERE e.seq > :after AND e.seq <= :until
  AND (e.source = 'amocrm' OR l.id IS NOT NULL
       OR e.source = 'landing' AND NOT EXISTS (SELECT FROM landing_leads other WHERE other.event_id = e.id))
