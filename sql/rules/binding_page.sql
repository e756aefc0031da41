-- A page of bindings with the name of what is bound, where it is known (keyset: label, id); :search is for ILIKE.
SELECT b.id, t.slug AS team, t.name AS team_name, t.color, t.emoji, b.kind, b.external_id, b.valid_from, b.valid_to,
       b.label, b.named
FROM (
    SELECT x.*, x.kind || ' ' || x.external_id AS label, coalesce(c.name, n.name) AS named
    FROM campaign_bindings x
    LEFT JOIN ad_campaigns c
        ON x.kind = 'campaign' AND c.platform = x.platform AND c.campaign_id = x.external_id
    LEFT JOIN ad_accounts n ON x.kind = 'account' AND n.platform = x.platform AND n.account_id = x.external_id) b
JOIN traffic_teams t ON t.id = b.team_id
WHERE (CAST(:kind AS text) IS NULL OR b.kind = :kind)
  AND (CAST(:team AS text) IS NULL OR t.slug = :team)
  AND (CAST(:id AS uuid) IS NULL OR b.id = CAST(:id AS uuid))
  AND (CAST(:search AS text) IS NULL
       OR concat_ws(' ', b.external_id, b.named, t.name, t.slug) ILIKE CAST(:search AS text))
  AND (CAST(:after_label AS text) IS NULL OR (b.label, b.id) > (CAST(:after_label AS text), CAST(:after_id AS uuid)))
ORDER BY b.label, b.id
LIMIT :row_limit
