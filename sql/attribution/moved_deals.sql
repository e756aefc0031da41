-- The deals made on some days whose own marks mean another thing now than was decided last for the deal or its sales.
-- :answers are the answers by key; one without "decided" leaves the deal to its person, who is asked again when the
-- marks had decided so far, or always (:persons_too, when the look-back changed).
SELECT d.deal_id
FROM amocrm_deals d
LEFT JOIN amocrm_pipelines p ON p.pipeline_id = d.pipeline_id
JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (
    key text, decided boolean, team_id uuid, method text, confidence text, rule_id text, reason text,
    candidates text[], campaign_id uuid)
  ON answer.key = marks_key(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id, p.product,
                            d.created_day, CAST(:known AS text[]), CAST(:starts AS date[]))
LEFT JOIN all_sales_tracking s ON s.deal_id = d.deal_id AND NOT s.locked
WHERE d.created_day BETWEEN :first_day AND :last_day
  AND CASE WHEN answer.decided THEN
      (d.team_id, d.attribution_method, d.confidence, d.rule_id, d.reason, d.candidates, d.campaign_id)
      IS DISTINCT FROM (answer.team_id, answer.method, answer.confidence, answer.rule_id, answer.reason,
                        answer.candidates, answer.campaign_id)
      OR (s.id IS NOT NULL
          AND (s.team_id, s.attribution_method, s.rule_id, s.reason)
              IS DISTINCT FROM (answer.team_id, answer.method, answer.rule_id, answer.reason))
  ELSE CAST(:persons_too AS boolean)
      OR coalesce(d.attribution_method, 'person_match') <> 'person_match' OR d.reason = 'ambiguous'
      OR coalesce(s.attribution_method, 'person_match') <> 'person_match' OR s.reason = 'ambiguous'
      OR (d.attribution_method IS NULL AND d.campaign_id IS DISTINCT FROM answer.campaign_id)
  END
