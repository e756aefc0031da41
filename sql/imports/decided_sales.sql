-- The lines of an import whose sales would go with it although somebody decided about them: a team given by hand, or a
-- claim that is open or was accepted.
SELECT DISTINCT c.line
FROM import_changes c
JOIN import_records r ON r.id = c.record_id AND r.kind = 'sales'
JOIN all_sales_tracking s ON s.deal_id = coalesce(CAST(r.data ->> 'deal_id' AS bigint), -r.id)
                         AND s.product = r.data ->> 'product' AND s.pipeline_id < 0
WHERE c.import_id = CAST(:import_id AS uuid) AND c.before IS NULL
  AND (s.locked OR EXISTS (SELECT FROM sale_claims k
                           WHERE k.deal_id = s.deal_id AND k.status IN ('open', 'accepted')))
ORDER BY c.line
