-- A page of aliases in the order of what they name (keyset: label, id); :search is a pattern for ILIKE.
SELECT a.id, t.slug AS team, t.name AS team_name, t.color, t.emoji, a.utm_source, a.utm_medium, a.campaign_token,
       a.funnel, a.priority, a.valid_from, a.valid_to, a.note, a.label
FROM (SELECT *, coalesce(utm_source, campaign_token) AS label FROM team_aliases) a
JOIN traffic_teams t ON t.id = a.team_id
WHERE (CAST(:kind AS text) IS NULL OR (a.utm_source IS NULL) = (CAST(:kind AS text) = 'token'))
  AND (CAST(:team AS text) IS NULL OR t.slug = :team)
  AND (CAST(:id AS uuid) IS NULL OR a.id = CAST(:id AS uuid))
  AND (CAST(:search AS text) IS NULL
       OR concat_ws(' ', a.utm_source, a.utm_medium, a.campaign_token, a.funnel, a.note, t.name, t.slug)
          ILIKE CAST(:search AS text))
  AND (CAST(:after_label AS text) IS NULL OR (a.label, a.id) > (CAST(:after_label AS text), CAST(:after_id AS uuid)))
ORDER BY a.label, a.id
LIMIT :row_limit
