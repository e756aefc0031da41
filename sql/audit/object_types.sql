-- The kinds of objects in the audit log, each found by a step through the index instead of reading the whole log.
WITH RECURSIVE known AS (
    (SELECT object_type FROM audit_log ORDER BY object_type LIMIT 1)
    UNION ALL
    SELECT (SELECT a.object_type FROM audit_log a WHERE a.object_type > k.object_type ORDER BY a.object_type LIMIT 1)
    FROM known k WHERE k.object_type IS NOT NULL)
SELECT object_type FROM known WHERE object_type <> ''
