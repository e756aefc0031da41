-- How many changes of the rules have not been applied to the end since the last one that was.
SELECT count(*) AS runs
FROM sync_runs
WHERE kind IN ('attribution', 'bindings') AND status <> 'done'
  AND created_at > coalesce((SELECT max(created_at) FROM sync_runs WHERE kind = 'attribution' AND status = 'done'),
                            '-infinity')
