-- The sales that were decided otherwise, before and after. What an admin decided stands; its campaign is filled in only.
-- The sale of a deal without marks shows those of the lead that brought it. Looked up by key, as in rerun_persons.
CREATE TEMP TABLE rerun_moved_sales ON COMMIT DROP AS
SELECT * FROM (
    SELECT s.id AS sale_id, s.sale_day, s.team_id AS former_team, s.campaign_id AS former_campaign_id,
           s.lead_day AS former_lead_day, s.team_name AS former_name, s.attribution_method AS former_method,
           s.confidence AS former_confidence, s.rule_id AS former_rule, s.reason AS former_reason,
           s.candidates AS former_candidates, s.landing_lead_id AS former_lead, s.source_table, s.deal_id,
           s.utm_source AS former_source,
           s.utm_medium AS former_medium,
           s.utm_campaign AS former_campaign,
           s.utm_content AS former_content,
           s.utm_term AS former_term,
           s.utm_id AS former_id,
           CASE WHEN s.locked THEN s.team_id ELSE r.team_id END AS team_id,
           CASE WHEN s.locked THEN s.team_name ELSE t.name END AS team_name,
           CASE WHEN s.locked THEN s.attribution_method ELSE r.method END AS method,
           CASE WHEN s.locked THEN s.confidence ELSE r.confidence END AS confidence,
           CASE WHEN s.locked THEN s.rule_id ELSE r.rule_id END AS rule_id,
           CASE WHEN s.locked THEN s.reason ELSE r.reason END AS reason,
           CASE WHEN s.locked THEN s.candidates ELSE r.candidates END AS candidates,
           CASE WHEN s.locked THEN coalesce(s.campaign_id, r.campaign_id) ELSE r.campaign_id END AS campaign_id,
           CASE WHEN r.asks_person THEN r.landing_lead_id ELSE s.landing_lead_id END AS landing_lead_id,
           CASE WHEN r.asks_person THEN r.lead_day ELSE s.lead_day END AS lead_day,
           CASE WHEN NOT r.asks_person OR r.is_marked THEN s.utm_source ELSE l.utm_source END AS utm_source,
           CASE WHEN NOT r.asks_person OR r.is_marked THEN s.utm_medium ELSE l.utm_medium END AS utm_medium,
           CASE WHEN NOT r.asks_person OR r.is_marked THEN s.utm_campaign ELSE l.utm_campaign END AS utm_campaign,
           CASE WHEN NOT r.asks_person OR r.is_marked THEN s.utm_content ELSE l.utm_content END AS utm_content,
           CASE WHEN NOT r.asks_person OR r.is_marked THEN s.utm_term ELSE l.utm_term END AS utm_term,
           CASE WHEN NOT r.asks_person OR r.is_marked THEN s.utm_id ELSE l.utm_id END AS utm_id
    FROM rerun_decided r
    CROSS JOIN LATERAL (SELECT * FROM all_sales_tracking WHERE id = r.sale_id OFFSET 0) AS s
    LEFT JOIN traffic_teams t ON t.id = r.team_id
    LEFT JOIN LATERAL (SELECT * FROM landing_leads
                       WHERE id = r.landing_lead_id AND r.asks_person AND NOT r.is_marked OFFSET 0) AS l ON true
    WHERE r.sale_id IS NOT NULL) AS compared
WHERE (former_team, former_name, former_method, former_confidence, former_rule, former_reason, former_candidates,
       former_campaign_id, former_lead, former_lead_day, former_source, former_medium,
       former_campaign, former_content, former_term, former_id)
      IS DISTINCT FROM (team_id, team_name, method, confidence, rule_id, reason, candidates, campaign_id,
                        landing_lead_id, lead_day, utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id)
