-- What imports brought so far under these keys.
SELECT id, row_key, data FROM import_records WHERE kind = :kind AND row_key = ANY(CAST(:keys AS text[]))
