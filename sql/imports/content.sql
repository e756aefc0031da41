-- The file of an import.
SELECT content FROM imports WHERE id = CAST(:id AS uuid)
