-- The newest changes of an import that still stand.
SELECT c.id, c.record_id, c.before, r.data
FROM import_changes c
JOIN import_records r ON r.id = c.record_id
WHERE c.import_id = CAST(:import_id AS uuid)
ORDER BY c.id DESC
LIMIT :how_many
