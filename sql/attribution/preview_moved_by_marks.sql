-- The sales that their own marks would give to another team (:answers by key, decided ones only), summed by day, team
-- of now and team of then.
SELECT s.sale_day AS day, s.team_id AS from_team, answer.team_id AS to_team, count(*) FILTER (WHERE s.payment_of IS NULL) AS sales,
       coalesce(sum(s.sale_amount), 0) AS money, count(*) FILTER (WHERE s.sale_amount IS NULL) AS without_amount
FROM preview_sales s
JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (key text, team_id uuid) USING (key)
WHERE s.team_id IS DISTINCT FROM answer.team_id
GROUP BY 1, 2, 3
