-- One claim, held until the transaction ends; its team is the one that took it in, when it was merged.
SELECT c.id, c.deal_id, c.status, c.reason, c.answer, c.version, c.before, c.user_id, c.team_id,
       t.slug AS team_slug
FROM sale_claims c
JOIN traffic_teams t ON t.id = c.team_id
WHERE c.id = CAST(:id AS uuid)
FOR UPDATE OF c
