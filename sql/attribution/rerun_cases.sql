-- What has to be decided: each deal as of its creation and each of its sales as of the sale, with what the own marks
-- say (:answers by number, of which keys have one each). Where they say nothing, or the person had decided so far, the
-- person is asked; of those left to the person before and now only the ones of :reached deals, unless :everything.
CREATE TEMP TABLE rerun_cases ON COMMIT DROP AS
WITH answered AS (
    SELECT d.*, answer.decided, answer.team_id, answer.method, answer.confidence, answer.rule_id,
           answer.reason AS answer_reason, answer.candidates, answer.campaign_id,
           split_part(d.key, U&'\001F', 6) = '1' AS is_marked
    FROM rerun_deals d
    JOIN unnest(CAST(:answer_keys AS text[]), CAST(:answer_numbers AS integer[])) AS asked (key, number) USING (key)
    JOIN jsonb_to_recordset(CAST(:answers AS jsonb)) AS answer (
        number integer, decided boolean, team_id uuid, method text, confidence text, rule_id text, reason text,
        candidates text[], campaign_id uuid) USING (number)),
moments AS (
    SELECT a.deal_id, CAST(NULL AS uuid) AS sale_id, a.created_at AS moment, INTERVAL '10 minutes' AS slack,
           a.attribution_method AS former_method, a.reason AS former_reason, d.campaign_id AS former_campaign
    FROM answered a JOIN amocrm_deals d USING (deal_id)
    UNION ALL
    SELECT a.deal_id, s.id, s.sale_date, INTERVAL '1 second',
           CASE WHEN s.locked THEN 'person_match' ELSE s.attribution_method END, s.reason, s.campaign_id
    FROM answered a
    JOIN all_sales_tracking s USING (deal_id)
    JOIN amocrm_pipelines p ON p.pipeline_id = s.pipeline_id AND p.counts_as_sale AND p.product = s.product),
asked AS (
    SELECT m.deal_id, m.sale_id, m.moment, m.slack, a.decided, a.team_id, a.method, a.confidence, a.rule_id,
           a.answer_reason AS reason, a.candidates, a.campaign_id, a.is_marked, a.is_known,
           NOT a.decided OR m.former_method IS NOT DISTINCT FROM 'person_match' AS asks_person
    FROM moments m
    JOIN answered a USING (deal_id)
    WHERE a.decided OR CAST(:everything AS boolean) OR a.deal_id = ANY (CAST(:reached AS bigint[]))
       OR coalesce(m.former_method, 'person_match') <> 'person_match' OR m.former_reason = 'ambiguous'
       OR (m.former_method IS NULL AND (m.former_campaign IS DISTINCT FROM a.campaign_id
                                        OR (m.former_reason = 'unknown_source') <> a.is_marked))
       OR (m.former_method IS NULL AND m.former_reason IS NULL))
SELECT row_number() OVER () AS case_id, asked.* FROM asked
