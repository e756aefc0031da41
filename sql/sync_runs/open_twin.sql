-- A run of this kind and these parameters that still waits.
SELECT id FROM sync_runs
WHERE kind = :kind AND parameters = CAST(:parameters AS jsonb) AND status = 'queued'
ORDER BY created_at
LIMIT 1
