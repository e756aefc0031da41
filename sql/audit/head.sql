-- The last link of the chain of the audit log, or the link at :seq.
SELECT seq, encode(hash, 'hex') AS hash
FROM audit_chain
WHERE CAST(:seq AS bigint) IS NULL OR seq = :seq
ORDER BY seq DESC
LIMIT 1
