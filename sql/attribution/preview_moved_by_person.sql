-- The sales that their person would give to another team, summed as by marks. :answers are the teams of leads by key;
-- the last lead with a team decides, one found by e-mail only when nothing else finds any, two teams at once do not.
WITH usable AS (
    SELECT l.sale_id, l.tie = 3 AS is_weak, l.created_at, CASE WHEN l.locked THEN l.team_id ELSE answer.team_id END AS team_id
    FROM preview_leads l
    LEFT JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (key text, team_id uuid) USING (key)),
timed AS (
    -- amoCRM tells whole seconds: a lead of the same second counts as just before.
    SELECT u.sale_id, u.is_weak, u.team_id, least(u.created_at, s.sale_date - INTERVAL '1 microsecond') AS at
    FROM usable u JOIN preview_sales s USING (sale_id)
    WHERE u.team_id IS NOT NULL),
last AS (
    SELECT sale_id, team_id, rank() OVER (PARTITION BY sale_id ORDER BY is_weak, at DESC) AS place FROM timed),
person AS (
    SELECT sale_id, CASE WHEN count(DISTINCT team_id) = 1 THEN (array_agg(team_id))[1] END AS team_id
    FROM last WHERE place = 1 GROUP BY sale_id)
SELECT s.sale_day AS day, s.team_id AS from_team, p.team_id AS to_team, count(*) FILTER (WHERE s.payment_of IS NULL) AS sales,
       coalesce(sum(s.sale_amount), 0) AS money, count(*) FILTER (WHERE s.sale_amount IS NULL) AS without_amount
FROM preview_sales s
LEFT JOIN person p USING (sale_id)
WHERE s.key = ANY (CAST(:keys AS text[])) AND s.team_id IS DISTINCT FROM p.team_id
GROUP BY 1, 2, 3
