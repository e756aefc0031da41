-- What rules can ask of the own marks of the standing sales of some days, each different question once.
SELECT DISTINCT marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id,
                          coalesce(p.product, s.product), coalesce(d.created_day, s.sale_day), CAST(:known AS text[]),
                          CAST(:starts AS date[])) AS key
FROM all_sales_tracking s
LEFT JOIN amocrm_deals d ON d.deal_id = s.deal_id
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE s.sale_day BETWEEN :first_day AND :last_day AND NOT s.is_reversed AND NOT s.locked
