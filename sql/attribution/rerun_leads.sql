-- Leads of some days about which rules say another thing now than was decided last: written, and by day how many were
-- moved to another team or campaign, with their ids as far as they are few (:most). :answers are the answers by key.
-- Both sides of the join are bounded by time, so that a piece reads its own rows only.
WITH answers AS MATERIALIZED (
    SELECT answer.*, team.name AS team_name
    FROM jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (
        key text, team_id uuid, method text, confidence text, rule_id text, reason text, candidates text[],
        campaign_id uuid)
    LEFT JOIN traffic_teams team ON team.id = answer.team_id),
fresh AS (
    SELECT t.ctid AS place, (t.team_id, t.campaign_id) IS DISTINCT FROM (answers.team_id, answers.campaign_id) AS is_moved,
           t.team_id IS DISTINCT FROM answers.team_id AS has_other_team, answers.*
    FROM lead_tracking t
    JOIN landing_leads l ON l.id = t.lead_id
        AND l.created_at >= CAST(:first_day AS date) - INTERVAL '2 days'
        AND l.created_at < CAST(:last_day AS date) + INTERVAL '3 days'
    JOIN answers ON answers.key = marks_key(
        l.utm_source, l.utm_medium, l.utm_campaign, l.utm_content, l.utm_term, l.utm_id, l.funnel, t.lead_day,
        CAST(:known AS text[]), CAST(:starts AS date[]))
    WHERE t.lead_day BETWEEN :first_day AND :last_day AND NOT t.locked
      AND (t.team_id, t.team_name, t.attribution_method, t.confidence, t.rule_id, t.reason, t.candidates, t.campaign_id)
          IS DISTINCT FROM (answers.team_id, answers.team_name, answers.method, answers.confidence, answers.rule_id,
                            answers.reason, answers.candidates, answers.campaign_id)),
written AS (
    UPDATE lead_tracking t
    SET team_id = fresh.team_id, team_name = fresh.team_name, attribution_method = fresh.method,
        confidence = fresh.confidence, rule_id = fresh.rule_id, reason = fresh.reason, candidates = fresh.candidates,
        campaign_id = fresh.campaign_id, updated_at = now(),
        attributed_at = CASE WHEN NOT fresh.has_other_team THEN t.attributed_at
                             WHEN fresh.team_id IS NOT NULL THEN now() END
    FROM fresh
    WHERE t.ctid = fresh.place
    RETURNING t.lead_id, t.lead_day, fresh.is_moved)
SELECT lead_day AS day, count(*) AS leads, (array_agg(lead_id))[1:CAST(:most AS integer)] AS ids
FROM written
WHERE is_moved
GROUP BY lead_day
