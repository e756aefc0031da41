-- The newest other import that changed what this one brought: it has to be undone first.
SELECT i.id, i.file_name, i.created_at
FROM import_changes c
JOIN import_changes later ON later.record_id = c.record_id AND later.id > c.id AND later.import_id <> c.import_id
JOIN imports i ON i.id = later.import_id
WHERE c.import_id = CAST(:import_id AS uuid)
ORDER BY later.id DESC
LIMIT 1
