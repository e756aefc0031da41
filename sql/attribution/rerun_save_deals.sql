-- The deals that were decided otherwise, written; the days of the registrations that statistics count elsewhere now.
WITH fresh AS (
    SELECT d.ctid AS place, (d.team_id, d.campaign_id) IS DISTINCT FROM (r.team_id, r.campaign_id) AS is_moved, r.*,
           CASE WHEN r.asks_person THEN r.landing_lead_id ELSE d.landing_lead_id END AS lead
    FROM rerun_decided r
    JOIN amocrm_deals d ON d.deal_id = r.deal_id
    WHERE r.sale_id IS NULL),
written AS (
    UPDATE amocrm_deals d
    SET landing_lead_id = fresh.lead, team_id = fresh.team_id, attribution_method = fresh.method,
        confidence = fresh.confidence, rule_id = fresh.rule_id, reason = fresh.reason, candidates = fresh.candidates,
        campaign_id = fresh.campaign_id, updated_at = now()
    FROM fresh
    WHERE d.ctid = fresh.place
      AND (d.landing_lead_id, d.team_id, d.attribution_method, d.confidence, d.rule_id, d.reason, d.candidates,
           d.campaign_id)
          IS DISTINCT FROM (fresh.lead, fresh.team_id, fresh.method, fresh.confidence, fresh.rule_id, fresh.reason,
                            fresh.candidates, fresh.campaign_id)
    RETURNING d.created_day, d.is_registration AND fresh.is_moved AS is_counted)
SELECT count(*) AS deals, array_agg(DISTINCT created_day) FILTER (WHERE is_counted) AS days FROM written
