-- The kinds of runs there are, each found by a step through the index instead of reading all runs.
WITH RECURSIVE known AS (
    (SELECT kind FROM sync_runs ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT r.kind FROM sync_runs r WHERE r.kind > k.kind ORDER BY r.kind LIMIT 1)
    FROM known k WHERE k.kind IS NOT NULL)
SELECT kind FROM known WHERE kind IS NOT NULL
