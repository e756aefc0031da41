-- The deals made on some days: what rules can ask of their own marks, and who stands behind each.
CREATE TEMP TABLE rerun_deals ON COMMIT DROP AS
SELECT d.deal_id, d.created_at, d.contact_id, d.attribution_method, d.reason, d.person_key, d.sure_key,
       d.contact_id IS NOT NULL OR (SELECT id FROM landing_leads WHERE amocrm_lead_id = d.deal_id) IS NOT NULL AS is_known,
       marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id, p.product,
                 d.created_day, CAST(:known AS text[]), CAST(:starts AS date[])) AS key
FROM amocrm_deals d
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
WHERE d.created_day BETWEEN :first_day AND :last_day
