-- How many events a choice holds, counted up to :most of each source and state.
SELECT coalesce(sum(e.events), 0) AS events
FROM unnest(CAST(:sources AS text[])) AS o (source)
CROSS JOIN unnest(CAST(:statuses AS text[])) AS s (status)
CROSS JOIN LATERAL (
    SELECT count(*) AS events
    FROM (SELECT FROM webhook_events x
          WHERE x.source = o.source AND x.status = s.status
            AND x.received_at >= CAST(:since AS timestamptz) AND x.received_at < CAST(:until AS timestamptz)
          LIMIT :most) found) e
