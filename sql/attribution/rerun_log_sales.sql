-- What happened to each sale that was decided otherwise: its move to another team with all that decided it, and the
-- rest that changed, before and after.
INSERT INTO sales_activity_log (sale_id, action_type, team_name, metadata)
SELECT m.sale_id,
       CASE WHEN NOT told.is_move THEN 'updated' WHEN m.former_team IS NULL THEN 'attributed' ELSE 'reassigned' END,
       m.team_name,
       jsonb_build_object('before', jsonb_object_agg(told.name, told.before), 'after', jsonb_object_agg(told.name, told.after))
FROM rerun_moved_sales m
CROSS JOIN LATERAL (
    SELECT name, before, after, decides AND m.former_team IS DISTINCT FROM m.team_id AS is_move
    FROM (VALUES ('team_id', true, to_jsonb(m.former_team), to_jsonb(m.team_id)),
                 ('team_name', true, to_jsonb(m.former_name), to_jsonb(m.team_name)),
                 ('attribution_method', true, to_jsonb(m.former_method), to_jsonb(m.method)),
                 ('confidence', true, to_jsonb(m.former_confidence), to_jsonb(m.confidence)),
                 ('rule_id', true, to_jsonb(m.former_rule), to_jsonb(m.rule_id)),
                 ('reason', true, to_jsonb(m.former_reason), to_jsonb(m.reason)),
                 ('candidates', true, to_jsonb(m.former_candidates), to_jsonb(m.candidates)),
                 ('campaign_id', false, to_jsonb(m.former_campaign_id), to_jsonb(m.campaign_id)),
                 ('landing_lead_id', false, to_jsonb(m.former_lead), to_jsonb(m.landing_lead_id)),
                 ('lead_day', false, to_jsonb(m.former_lead_day), to_jsonb(m.lead_day)),
                 ('utm_source', false, to_jsonb(m.former_source), to_jsonb(m.utm_source)),
                 ('utm_medium', false, to_jsonb(m.former_medium), to_jsonb(m.utm_medium)),
                 ('utm_campaign', false, to_jsonb(m.former_campaign), to_jsonb(m.utm_campaign)),
                 ('utm_content', false, to_jsonb(m.former_content), to_jsonb(m.utm_content)),
                 ('utm_term', false, to_jsonb(m.former_term), to_jsonb(m.utm_term)),
                 ('utm_id', false, to_jsonb(m.former_id), to_jsonb(m.utm_id))
         ) AS compared (name, decides, before, after)
    WHERE before IS DISTINCT FROM after) AS told
GROUP BY m.sale_id, m.former_team, m.team_name, told.is_move
