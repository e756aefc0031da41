-- Every landing source, arranged or only seen: its mapping, when it last sent something, what became of the last
-- thirty days.
WITH seen AS (
    SELECT coalesce(source_name, '') AS slug, max(received_at) AS last_at,
           count(*) FILTER (WHERE received_at > now() - interval '30 days') AS received,
           count(*) FILTER (WHERE received_at > now() - interval '30 days' AND status = 'processed') AS processed,
           count(*) FILTER (WHERE received_at > now() - interval '30 days' AND status = 'skipped') AS skipped,
           count(*) FILTER (WHERE received_at > now() - interval '30 days' AND status IN ('failed', 'dead')) AS failed
    FROM webhook_events
    WHERE source = 'landing'
    GROUP BY 1
)
SELECT s.id, coalesce(s.slug, seen.slug) AS slug, s.name, coalesce(s.mapping, '{}') AS mapping, s.version,
       s.updated_at, coalesce(u.full_name, u.email, '') AS updated_by, seen.last_at,
       coalesce(seen.received, 0) AS received, coalesce(seen.processed, 0) AS processed,
       coalesce(seen.skipped, 0) AS skipped, coalesce(seen.failed, 0) AS failed
FROM landing_sources s
FULL JOIN seen ON seen.slug = s.slug
LEFT JOIN traffic_users u ON u.id = s.updated_by
ORDER BY s.name IS NULL, lower(s.name), 2
