-- The newest bodies of amoCRM.
SELECT received_at, content_type, body
FROM webhook_events
WHERE source = 'amocrm'
ORDER BY received_at DESC
LIMIT :how_many
