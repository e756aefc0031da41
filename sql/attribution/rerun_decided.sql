-- Each case decided as core/attribution.py decides it: the own marks, else the person's last lead with a team within
-- the look-back (one found by e-mail only when nothing else finds any; two teams at once do not decide). Beside it the
-- lead that brought the person: the deciding one, else the last before the moment.
CREATE TEMP TABLE rerun_decided ON COMMIT DROP AS
WITH timed AS (
    SELECT c.case_id, l.lead_id, l.is_weak, l.team_id, l.campaign_id, l.lead_day, c.moment, c.decided,
           -- A lead told a little after the moment it made counts as just before; one that names its deal, always.
           CASE WHEN l.created_at >= c.moment AND l.created_at - c.moment
                     < CASE WHEN c.sale_id IS NULL AND l.made_deal THEN INTERVAL '10000 days' ELSE c.slack END
                THEN c.moment - INTERVAL '1 microsecond' ELSE l.created_at END AS at
    FROM rerun_cases c
    JOIN rerun_persons l USING (deal_id)
    WHERE c.asks_person),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY is_weak, at DESC, lead_id DESC) = 1 AS is_last,
           team_id IS NOT NULL AND NOT decided
               AND at >= moment - make_interval(hours => 24 * CAST(:look_back_days AS integer)) AS is_usable
    FROM timed
    WHERE at < moment),
placed AS (
    SELECT *, rank() OVER (PARTITION BY case_id ORDER BY is_weak, at DESC) AS place FROM ranked WHERE is_usable),
person AS (
    SELECT case_id, count(DISTINCT team_id) AS teams, (array_agg(team_id))[1] AS team_id,
           (array_agg(lead_id ORDER BY lead_id))[1] AS lead_id, (array_agg(campaign_id ORDER BY lead_id))[1] AS campaign_id,
           (array_agg(lead_day ORDER BY lead_id))[1] AS lead_day, bool_or(is_weak) AS is_weak,
           array_agg(DISTINCT team_id) AS candidates
    FROM placed
    WHERE place = 1
    GROUP BY case_id)
SELECT c.case_id, c.deal_id, c.sale_id, c.asks_person, c.is_marked,
       CASE WHEN c.decided THEN c.team_id WHEN p.teams = 1 THEN p.team_id END AS team_id,
       CASE WHEN c.decided THEN c.method WHEN p.teams = 1 THEN 'person_match' END AS method,
       CASE WHEN c.decided THEN c.confidence WHEN p.teams = 1 AND p.is_weak THEN 'low'
            WHEN p.teams = 1 THEN 'medium' END AS confidence,
       CASE WHEN c.decided THEN c.rule_id WHEN p.teams = 1 THEN 'lead:' || CAST(p.lead_id AS text) END AS rule_id,
       CASE WHEN c.decided THEN c.reason WHEN p.teams = 1 THEN NULL WHEN p.teams > 1 THEN 'ambiguous'
            WHEN c.is_marked THEN 'unknown_source' WHEN c.is_known THEN 'no_person' ELSE 'no_utm' END AS reason,
       CASE WHEN c.decided THEN c.candidates
            WHEN p.teams > 1 THEN (SELECT array_agg(t.slug ORDER BY t.slug COLLATE "C") FROM traffic_teams t
                                   WHERE t.id = ANY (p.candidates))
            ELSE '{}' END AS candidates,
       CASE WHEN NOT c.decided AND p.teams = 1 THEN coalesce(p.campaign_id, c.campaign_id) ELSE c.campaign_id END
           AS campaign_id,
       CASE WHEN p.teams = 1 THEN p.lead_id ELSE l.lead_id END AS landing_lead_id,
       CASE WHEN p.teams = 1 THEN p.lead_day ELSE l.lead_day END AS lead_day
FROM rerun_cases c
LEFT JOIN person p USING (case_id)
LEFT JOIN ranked l ON l.case_id = c.case_id AND l.is_last
