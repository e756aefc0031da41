-- A page of runs, the newest first (keyset: created_at, id), with the address of whoever asked.
SELECT r.id, r.kind, r.status, r.requested_by, u.email AS asked_by, r.parameters - 'rules' AS parameters,
       r.progress_done, r.progress_total,
       r.counts, r.errors, r.created_at, r.started_at, r.finished_at
FROM sync_runs r
LEFT JOIN traffic_users u ON u.id = r.requested_by
WHERE (CAST(:kind AS text) IS NULL OR r.kind = :kind)
  AND (CAST(:status AS text) IS NULL OR r.status = :status)
  AND (CAST(:since AS timestamptz) IS NULL OR r.created_at >= CAST(:since AS timestamptz))
  AND (CAST(:until AS timestamptz) IS NULL OR r.created_at < CAST(:until AS timestamptz))
  AND (CAST(:before_at AS timestamptz) IS NULL
       OR (r.created_at, r.id) < (CAST(:before_at AS timestamptz), CAST(:before_id AS uuid)))
ORDER BY r.created_at DESC, r.id DESC
LIMIT :row_limit
