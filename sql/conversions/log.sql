-- The newest events of a team.
SELECT e.event_id, e.deal_id, e.event_name, e.event_time, e.value, e.currency, e.status, e.matched_by, e.reason,
       e.attempts, e.sent_at, e.trace
FROM conversion_events e
JOIN traffic_teams t ON t.id = e.team_id
WHERE t.slug = :team
ORDER BY e.created_at DESC, e.event_id
LIMIT :how_many
