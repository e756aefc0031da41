-- One merge with its teams, locked until the transaction ends.
SELECT m.id, m.source_id, m.target_id, m.moved, m.undone_at, source.slug AS source_slug, source.name AS source_name,
       target.slug AS target_slug, target.name AS target_name,
       target.merged_into IS NOT NULL AS target_is_merged
FROM team_merges m
JOIN traffic_teams source ON source.id = m.source_id
JOIN traffic_teams target ON target.id = m.target_id
WHERE m.id = CAST(:id AS uuid)
FOR UPDATE OF m
