-- The standing sales of some days, each with its person and with what rules can ask of the own marks of its deal.
CREATE TEMP TABLE preview_sales ON COMMIT DROP AS
SELECT s.id AS sale_id, s.deal_id, s.contact_id, s.payment_of, s.sale_date, s.sale_day, s.team_id, s.sale_amount,
       coalesce(d.person_key, 'deal:' || s.deal_id) AS person_key, coalesce(d.sure_key, 'deal:' || s.deal_id) AS sure_key,
       marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id,
                 CASE WHEN d.deal_id IS NULL THEN s.product ELSE p.product END, coalesce(d.created_day, s.sale_day),
                 CAST(:known AS text[]), CAST(:starts AS date[])) AS key
FROM all_sales_tracking s
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE s.sale_day BETWEEN :first_day AND :last_day AND NOT s.is_reversed AND NOT s.locked
