-- Every place at which the chain of the audit log does not hold: a link that does not follow from the one before and its
-- entry, a link without entry, an entry without link, a gap.
WITH links AS (
    SELECT c.seq, c.entry_id, c.hash, lag(c.hash, 1, CAST('' AS bytea)) OVER (ORDER BY c.seq) AS previous,
           lag(c.seq, 1, CAST(0 AS bigint)) OVER (ORDER BY c.seq) AS previous_seq
    FROM audit_chain c
)
SELECT l.seq, l.entry_id,
       CASE WHEN a.id IS NULL THEN 'removed'
            WHEN l.seq <> l.previous_seq + 1 THEN 'gap'
            ELSE 'changed' END AS reason
FROM links l
LEFT JOIN audit_log a ON a.id = l.entry_id
WHERE a.id IS NULL OR l.seq <> l.previous_seq + 1 OR l.hash IS DISTINCT FROM audit_entry_hash(l.previous, a)
UNION ALL
SELECT NULL, a.id, 'added'
FROM audit_log a
WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = a.id)
ORDER BY entry_id
LIMIT 100
