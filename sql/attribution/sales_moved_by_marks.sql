-- The standing sales of some days that their own marks would give to another team (:answers by key, decided ones
-- only), summed by day, team of now and team of then.
SELECT s.sale_day AS day, s.team_id AS from_team, answer.team_id AS to_team, count(*) AS sales,
       coalesce(sum(s.sale_amount), 0) AS money, count(*) FILTER (WHERE s.sale_amount IS NULL) AS without_amount
FROM all_sales_tracking s
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (key text, team_id uuid)
  ON answer.key = marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id,
                            coalesce(p.product, s.product), coalesce(d.created_day, s.sale_day),
                            CAST(:known AS text[]), CAST(:starts AS date[]))
WHERE s.sale_day BETWEEN :first_day AND :last_day AND NOT s.is_reversed AND NOT s.locked
  AND s.team_id IS DISTINCT FROM answer.team_id
GROUP BY 1, 2, 3
