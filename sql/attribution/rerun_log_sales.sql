-- What happened to each sale that was decided otherwise: its move to another team with all that decided it, and the
-- rest that changed, before and after; without a move, all in one entry.
WITH told AS MATERIALIZED (
    SELECT m.sale_id, m.team_name, m.former_team, m.former_team IS DISTINCT FROM m.team_id AS is_moved, changed.*
    FROM rerun_moved_sales m
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(field, before) FILTER (WHERE decides), '{}') AS decided_before,
               coalesce(jsonb_object_agg(field, after) FILTER (WHERE decides), '{}') AS decided_after,
               coalesce(jsonb_object_agg(field, before) FILTER (WHERE NOT decides), '{}') AS rest_before,
               coalesce(jsonb_object_agg(field, after) FILTER (WHERE NOT decides), '{}') AS rest_after
        FROM (VALUES (true, 'team_id', to_jsonb(m.former_team), to_jsonb(m.team_id)),
                     (true, 'team_name', to_jsonb(m.former_name), to_jsonb(m.team_name)),
                     (true, 'attribution_method', to_jsonb(m.former_method), to_jsonb(m.method)),
                     (true, 'confidence', to_jsonb(m.former_confidence), to_jsonb(m.confidence)),
                     (true, 'rule_id', to_jsonb(m.former_rule), to_jsonb(m.rule_id)),
                     (true, 'reason', to_jsonb(m.former_reason), to_jsonb(m.reason)),
                     (true, 'candidates', to_jsonb(m.former_candidates), to_jsonb(m.candidates)),
                     (false, 'campaign_id', to_jsonb(m.former_campaign_id), to_jsonb(m.campaign_id)),
                     (false, 'landing_lead_id', to_jsonb(m.former_lead), to_jsonb(m.landing_lead_id)),
                     (false, 'lead_day', to_jsonb(m.former_lead_day), to_jsonb(m.lead_day)),
                     (false, 'utm_source', to_jsonb(m.former_source), to_jsonb(m.utm_source)),
                     (false, 'utm_medium', to_jsonb(m.former_medium), to_jsonb(m.utm_medium)),
                     (false, 'utm_campaign', to_jsonb(m.former_campaign), to_jsonb(m.utm_campaign)),
                     (false, 'utm_content', to_jsonb(m.former_content), to_jsonb(m.utm_content)),
                     (false, 'utm_term', to_jsonb(m.former_term), to_jsonb(m.utm_term)),
                     (false, 'utm_id', to_jsonb(m.former_id), to_jsonb(m.utm_id))
             ) AS fields (decides, field, before, after)
        WHERE before IS DISTINCT FROM after) AS changed)
INSERT INTO sales_activity_log (sale_id, action_type, team_name, metadata)
SELECT sale_id, CASE WHEN former_team IS NULL THEN 'attributed' ELSE 'reassigned' END, team_name,
       jsonb_build_object('before', decided_before, 'after', decided_after)
FROM told WHERE is_moved
UNION ALL
SELECT sale_id, 'updated', team_name,
       jsonb_build_object('before', CASE WHEN is_moved THEN rest_before ELSE decided_before || rest_before END,
                          'after', CASE WHEN is_moved THEN rest_after ELSE decided_after || rest_after END)
FROM told WHERE rest_before <> '{}' OR NOT is_moved
