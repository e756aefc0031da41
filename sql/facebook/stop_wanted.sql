-- Whether somebody wants a run to end.
SELECT EXISTS (SELECT FROM sync_runs WHERE id = CAST(:run_id AS uuid) AND stop_wanted_at IS NOT NULL) AS is_wanted
