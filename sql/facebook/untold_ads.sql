-- Ads of an account that deliver with wrong tags and nobody was told of.
SELECT DISTINCT o.object_id AS ad_id
FROM ad_objects o
JOIN ad_tag_errors e ON e.platform = o.platform AND e.ad_id = o.object_id
WHERE o.platform = 'facebook' AND o.kind = 'ad' AND o.account_id = :account AND o.told_at IS NULL
  AND o.effective_status = 'ACTIVE'
