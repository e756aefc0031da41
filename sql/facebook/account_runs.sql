-- The newest runs of reading that a user asked for or that read an account the own connections reach, with these
-- accounts only: of other people's runs nothing but them is told.
WITH own AS (
    SELECT p.run_id, bool_or(p.is_scheduled) AS is_scheduled, min(p.planned_at) AS begun_at, max(p.days) AS days,
           CASE WHEN count(*) = count(p.finished_at) THEN max(p.finished_at) END AS finished_at,
           jsonb_agg(jsonb_build_object('account_id', p.account_id, 'name', a.name, 'status', p.status,
                                        'step', p.step, 'errors', p.errors) ORDER BY p.position) AS accounts
    FROM facebook_run_accounts p
    JOIN ad_accounts a ON a.platform = 'facebook' AND a.account_id = p.account_id
    WHERE EXISTS (SELECT FROM facebook_account_links l
                  WHERE l.platform = 'facebook' AND l.account_id = p.account_id
                    AND l.user_id = CAST(:user_id AS uuid))
    GROUP BY p.run_id
), mine AS (
    SELECT id, status, created_at, started_at, finished_at, stop_wanted_at
    FROM sync_runs
    WHERE kind = 'facebook' AND requested_by = CAST(:user_id AS uuid)
)
SELECT coalesce(r.id, own.run_id) AS id, r.status, r.id IS NOT NULL AS is_mine,
       coalesce(own.is_scheduled, false) AS is_scheduled,
       coalesce(r.started_at, own.begun_at, r.created_at) AS begun_at,
       coalesce(r.finished_at, own.finished_at) AS finished_at, own.days,
       r.stop_wanted_at IS NOT NULL AS is_stopping, coalesce(own.accounts, '[]') AS accounts
FROM own FULL JOIN mine r ON r.id = own.run_id
ORDER BY 5 DESC, 1
LIMIT :how_many
