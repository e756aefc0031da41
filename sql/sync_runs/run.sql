-- One run, as far as the viewer may see it.
SELECT id, kind, status, requested_by, parameters, progress_done, progress_total, counts, errors,
       created_at, started_at, finished_at
FROM sync_runs
WHERE id = CAST(:run_id AS uuid)
