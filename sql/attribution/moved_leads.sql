-- The leads of some days about which rules say another thing now than was decided last. :answers are the answers by key.
SELECT t.lead_id AS id
FROM lead_tracking t
JOIN landing_leads l ON l.id = t.lead_id
JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (
    key text, team_id uuid, method text, confidence text, rule_id text, reason text, candidates text[],
    campaign_id uuid)
  ON answer.key = marks_key(l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term, l.utm_id, l.funnel,
                            t.lead_day, CAST(:known AS text[]), CAST(:starts AS date[]))
WHERE t.lead_day BETWEEN :first_day AND :last_day AND NOT t.locked
  AND (t.team_id, t.attribution_method, t.confidence, t.rule_id, t.reason, t.candidates, t.campaign_id)
      IS DISTINCT FROM (answer.team_id, answer.method, answer.confidence, answer.rule_id, answer.reason,
                        answer.candidates, answer.campaign_id)
