-- The sales that were decided otherwise, before and after. What an admin decided stands; its campaign is filled in only.
CREATE TEMP TABLE rerun_moved_sales ON COMMIT DROP AS
SELECT * FROM (
    SELECT s.id AS sale_id, s.sale_day, s.team_id AS former_team, s.campaign_id AS former_campaign,
           s.lead_day AS former_lead_day, s.team_name AS former_name, s.attribution_method AS former_method,
           s.confidence AS former_confidence, s.rule_id AS former_rule, s.reason AS former_reason,
           s.candidates AS former_candidates, s.landing_lead_id AS former_lead,
           CASE WHEN s.locked THEN s.team_id ELSE r.team_id END AS team_id,
           CASE WHEN s.locked THEN s.team_name ELSE t.name END AS team_name,
           CASE WHEN s.locked THEN s.attribution_method ELSE r.method END AS method,
           CASE WHEN s.locked THEN s.confidence ELSE r.confidence END AS confidence,
           CASE WHEN s.locked THEN s.rule_id ELSE r.rule_id END AS rule_id,
           CASE WHEN s.locked THEN s.reason ELSE r.reason END AS reason,
           CASE WHEN s.locked THEN s.candidates ELSE r.candidates END AS candidates,
           CASE WHEN s.locked THEN coalesce(s.campaign_id, r.campaign_id) ELSE r.campaign_id END AS campaign_id,
           CASE WHEN r.asks_person THEN r.landing_lead_id ELSE s.landing_lead_id END AS landing_lead_id,
           CASE WHEN r.asks_person THEN r.lead_day ELSE s.lead_day END AS lead_day
    FROM rerun_decided r
    JOIN all_sales_tracking s ON s.id = r.sale_id
    LEFT JOIN traffic_teams t ON t.id = r.team_id) AS compared
WHERE (former_team, former_name, former_method, former_confidence, former_rule, former_reason, former_candidates,
       former_campaign, former_lead, former_lead_day)
      IS DISTINCT FROM (team_id, team_name, method, confidence, rule_id, reason, candidates, campaign_id,
                        landing_lead_id, lead_day)
