-- The newest runs, of one kind or of all.
SELECT id, kind, status, requested_by, parameters, progress_done, progress_total, counts, errors,
       created_at, started_at, finished_at
FROM sync_runs
WHERE CAST(:kind AS text) IS NULL OR kind = :kind
ORDER BY created_at DESC, id
LIMIT :how_many
