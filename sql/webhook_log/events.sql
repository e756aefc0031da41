-- A page of the inbox, the newest first (keyset: received_at, seq), without bodies: those hold personal data.
-- Each pair of source and state is read in order from the index and the pairs are merged; at most :depth events are
-- looked at, and :needle (bytes as PostgreSQL escapes them, lower case) is searched in these only, and as a form writes it
-- (:needle_in_form).
WITH chosen AS MATERIALIZED (
    SELECT e.id, e.seq, e.received_at
    FROM unnest(CAST(:sources AS text[])) AS o (source)
    CROSS JOIN unnest(CAST(:statuses AS text[])) AS s (status)
    CROSS JOIN LATERAL (
        SELECT x.id, x.seq, x.received_at
        FROM webhook_events x
        WHERE x.source = o.source AND x.status = s.status
          AND x.received_at >= CAST(:since AS timestamptz) AND x.received_at < CAST(:until AS timestamptz)
          AND (x.received_at, x.seq) < (CAST(:before_at AS timestamptz), CAST(:before_seq AS bigint))
        ORDER BY x.received_at DESC, x.seq DESC
        LIMIT :depth) e
    ORDER BY e.received_at DESC, e.seq DESC
    LIMIT :depth)
SELECT e.id, e.seq, e.source, e.source_name, e.received_at, e.status, e.reason, e.attempts,
       NULLIF(e.next_attempt_at, 'infinity') AS next_attempt_at, e.processed_at, octet_length(e.body) AS size,
       n.looked_at, n.last_at, n.last_seq
FROM (SELECT count(*) AS looked_at, min(received_at) AS last_at,
             (SELECT seq FROM chosen ORDER BY received_at, seq LIMIT 1) AS last_seq
      FROM chosen) n
LEFT JOIN LATERAL (
    SELECT w.*
    FROM chosen c
    JOIN webhook_events w ON w.id = c.id
    -- OFFSET keeps the body from being made into text once for each comparison.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN CAST(:needle AS text) IS NOT NULL THEN lower(encode(w.body, 'escape')) END AS body,
               lower(coalesce(w.reason, '') || ' ' || coalesce(w.source_name, '')) AS told
        OFFSET 0) said
    WHERE CAST(:needle AS text) IS NULL
       OR position(CAST(:needle AS text) IN said.told) > 0
       OR position(CAST(:needle AS text) IN said.body) > 0
       OR position(CAST(:needle_in_form AS text) IN replace(said.body, '%20', '+')) > 0
    ORDER BY c.received_at DESC, c.seq DESC
    LIMIT :row_limit) e ON true
ORDER BY e.received_at DESC, e.seq DESC
