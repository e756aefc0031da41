-- Campaigns that only imports brought and that have no day of spend left.
SELECT c.id, c.campaign_id, c.name
FROM ad_campaigns c
WHERE c.is_imported AND NOT c.locked AND c.campaign_id = ANY(CAST(:campaign_ids AS text[]))
  AND NOT EXISTS (SELECT FROM ad_statistics a WHERE a.platform = c.platform AND a.object_id = c.campaign_id)
ORDER BY c.campaign_id
