-- What happened to each sale that was decided otherwise: its move to another team with all that decided it, and the
-- rest that changed, before and after; without a move, all in one entry.
WITH told AS MATERIALIZED (
    SELECT m.sale_id, m.team_name, m.former_team, m.former_team IS DISTINCT FROM m.team_id AS is_moved,
           CASE WHEN m.former_team IS DISTINCT FROM m.team_id THEN jsonb_build_object('team_id', m.former_team) ELSE '{}' END
           || CASE WHEN m.former_name IS DISTINCT FROM m.team_name THEN jsonb_build_object('team_name', m.former_name) ELSE '{}' END
           || CASE WHEN m.former_method IS DISTINCT FROM m.method THEN jsonb_build_object('attribution_method', m.former_method) ELSE '{}' END
           || CASE WHEN m.former_confidence IS DISTINCT FROM m.confidence THEN jsonb_build_object('confidence', m.former_confidence) ELSE '{}' END
           || CASE WHEN m.former_rule IS DISTINCT FROM m.rule_id THEN jsonb_build_object('rule_id', m.former_rule) ELSE '{}' END
           || CASE WHEN m.former_reason IS DISTINCT FROM m.reason THEN jsonb_build_object('reason', m.former_reason) ELSE '{}' END
           || CASE WHEN m.former_candidates IS DISTINCT FROM m.candidates THEN jsonb_build_object('candidates', m.former_candidates) ELSE '{}' END AS decided_before,
           CASE WHEN m.former_team IS DISTINCT FROM m.team_id THEN jsonb_build_object('team_id', m.team_id) ELSE '{}' END
           || CASE WHEN m.former_name IS DISTINCT FROM m.team_name THEN jsonb_build_object('team_name', m.team_name) ELSE '{}' END
           || CASE WHEN m.former_method IS DISTINCT FROM m.method THEN jsonb_build_object('attribution_method', m.method) ELSE '{}' END
           || CASE WHEN m.former_confidence IS DISTINCT FROM m.confidence THEN jsonb_build_object('confidence', m.confidence) ELSE '{}' END
           || CASE WHEN m.former_rule IS DISTINCT FROM m.rule_id THEN jsonb_build_object('rule_id', m.rule_id) ELSE '{}' END
           || CASE WHEN m.former_reason IS DISTINCT FROM m.reason THEN jsonb_build_object('reason', m.reason) ELSE '{}' END
           || CASE WHEN m.former_candidates IS DISTINCT FROM m.candidates THEN jsonb_build_object('candidates', m.candidates) ELSE '{}' END AS decided_after,
           CASE WHEN m.former_campaign_id IS DISTINCT FROM m.campaign_id THEN jsonb_build_object('campaign_id', m.former_campaign_id) ELSE '{}' END
           || CASE WHEN m.former_lead IS DISTINCT FROM m.landing_lead_id THEN jsonb_build_object('landing_lead_id', m.former_lead) ELSE '{}' END
           || CASE WHEN m.former_lead_day IS DISTINCT FROM m.lead_day THEN jsonb_build_object('lead_day', m.former_lead_day) ELSE '{}' END
           || CASE WHEN m.former_source IS DISTINCT FROM m.utm_source THEN jsonb_build_object('utm_source', m.former_source) ELSE '{}' END
           || CASE WHEN m.former_medium IS DISTINCT FROM m.utm_medium THEN jsonb_build_object('utm_medium', m.former_medium) ELSE '{}' END
           || CASE WHEN m.former_campaign IS DISTINCT FROM m.utm_campaign THEN jsonb_build_object('utm_campaign', m.former_campaign) ELSE '{}' END
           || CASE WHEN m.former_content IS DISTINCT FROM m.utm_content THEN jsonb_build_object('utm_content', m.former_content) ELSE '{}' END
           || CASE WHEN m.former_term IS DISTINCT FROM m.utm_term THEN jsonb_build_object('utm_term', m.former_term) ELSE '{}' END
           || CASE WHEN m.former_id IS DISTINCT FROM m.utm_id THEN jsonb_build_object('utm_id', m.former_id) ELSE '{}' END AS rest_before,
           CASE WHEN m.former_campaign_id IS DISTINCT FROM m.campaign_id THEN jsonb_build_object('campaign_id', m.campaign_id) ELSE '{}' END
           || CASE WHEN m.former_lead IS DISTINCT FROM m.landing_lead_id THEN jsonb_build_object('landing_lead_id', m.landing_lead_id) ELSE '{}' END
           || CASE WHEN m.former_lead_day IS DISTINCT FROM m.lead_day THEN jsonb_build_object('lead_day', m.lead_day) ELSE '{}' END
           || CASE WHEN m.former_source IS DISTINCT FROM m.utm_source THEN jsonb_build_object('utm_source', m.utm_source) ELSE '{}' END
           || CASE WHEN m.former_medium IS DISTINCT FROM m.utm_medium THEN jsonb_build_object('utm_medium', m.utm_medium) ELSE '{}' END
           || CASE WHEN m.former_campaign IS DISTINCT FROM m.utm_campaign THEN jsonb_build_object('utm_campaign', m.utm_campaign) ELSE '{}' END
           || CASE WHEN m.former_content IS DISTINCT FROM m.utm_content THEN jsonb_build_object('utm_content', m.utm_content) ELSE '{}' END
           || CASE WHEN m.former_term IS DISTINCT FROM m.utm_term THEN jsonb_build_object('utm_term', m.utm_term) ELSE '{}' END
           || CASE WHEN m.former_id IS DISTINCT FROM m.utm_id THEN jsonb_build_object('utm_id', m.utm_id) ELSE '{}' END AS rest_after
    FROM rerun_moved_sales m)
INSERT INTO sales_activity_log (sale_id, action_type, team_name, metadata)
SELECT sale_id, CASE WHEN former_team IS NULL THEN 'attributed' ELSE 'reassigned' END, team_name,
       jsonb_build_object('before', decided_before, 'after', decided_after)
FROM told WHERE is_moved
UNION ALL
SELECT sale_id, 'updated', team_name,
       jsonb_build_object('before', CASE WHEN is_moved THEN rest_before ELSE decided_before || rest_before END,
                          'after', CASE WHEN is_moved THEN rest_after ELSE decided_after || rest_after END)
FROM told WHERE rest_before <> '{}' OR NOT is_moved
