-- What rules can ask of the own marks of the deals made on some days, each different question once.
SELECT DISTINCT marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id, p.product,
                          d.created_day, CAST(:known AS text[]), CAST(:starts AS date[])) AS key
FROM amocrm_deals d
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE d.created_day BETWEEN :first_day AND :last_day
