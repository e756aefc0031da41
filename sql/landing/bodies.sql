-- The newest bodies of a landing source.
SELECT id, received_at, status, content_type, body
FROM webhook_events
WHERE source = 'landing' AND coalesce(source_name, '') = :slug
ORDER BY received_at DESC
LIMIT :how_many
