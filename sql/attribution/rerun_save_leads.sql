-- Leads of some days about which rules say another thing now than was decided last: written, and by day how many, with
-- their ids as long as all of them are few (:few). :answers are the answers by number, of which keys have one each.
WITH answers AS MATERIALIZED (
    SELECT asked.key, answer.*, team.name AS team_name
    FROM unnest(CAST(:answer_keys AS text[]), CAST(:answer_numbers AS integer[])) AS asked (key, number)
    JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (
        number integer, team_id uuid, method text, confidence text, rule_id text, reason text, candidates text[],
        campaign_id uuid) USING (number)
    LEFT JOIN traffic_teams team ON team.id = answer.team_id),
written AS (
    UPDATE lead_tracking t
    SET team_id = a.team_id, team_name = a.team_name, attribution_method = a.method, confidence = a.confidence,
        rule_id = a.rule_id, reason = a.reason, candidates = a.candidates, campaign_id = a.campaign_id,
        updated_at = now(),
        attributed_at = CASE WHEN t.team_id IS NOT DISTINCT FROM a.team_id THEN t.attributed_at
                             WHEN a.team_id IS NOT NULL THEN now() END
    FROM rerun_leads r, answers a
    WHERE r.lead_id = t.lead_id AND t.lead_day BETWEEN :first_day AND :last_day AND NOT t.locked AND a.key = r.key
      AND (t.team_id, t.team_name, t.attribution_method, t.confidence, t.rule_id, t.reason, t.candidates, t.campaign_id)
          IS DISTINCT FROM (a.team_id, a.team_name, a.method, a.confidence, a.rule_id, a.reason, a.candidates,
                            a.campaign_id)
    RETURNING t.lead_id, t.lead_day),
counted AS (
    SELECT lead_day, count(*) AS leads, sum(count(*)) OVER () AS in_all, array_agg(lead_id) AS ids
    FROM written
    GROUP BY lead_day)
SELECT lead_day AS day, leads, CASE WHEN in_all <= CAST(:few AS integer) THEN ids END AS ids FROM counted
