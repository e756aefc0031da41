-- The leads of some days with what rules can ask of each. Both sides of the join are bounded by time, so that a piece
-- reads its own rows only.
CREATE TEMP TABLE rerun_leads ON COMMIT DROP AS
SELECT t.lead_id,
       marks_key(l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term, l.utm_id, l.funnel,
                 t.lead_day, CAST(:known AS text[]), CAST(:starts AS date[])) AS key
FROM lead_tracking t
JOIN landing_leads l ON l.id = t.lead_id
WHERE t.lead_day BETWEEN :first_day AND :last_day AND NOT t.locked
  AND l.created_at >= CAST(:since AS timestamptz) AND l.created_at < CAST(:until AS timestamptz)
