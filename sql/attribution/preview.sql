-- What a worker computed for a run.
SELECT result FROM attribution_previews WHERE run_id = CAST(:run_id AS uuid)
