-- Campaigns of these channels by id or by name.
SELECT id, platform, campaign_id, account_id, name
FROM ad_campaigns
WHERE (platform, campaign_id) IN (SELECT * FROM unnest(CAST(:channels AS text[]), CAST(:campaign_ids AS text[])))
   OR (platform, lower(name)) IN (SELECT * FROM unnest(CAST(:channels AS text[]), CAST(:names AS text[])))
ORDER BY platform, is_imported, campaign_id
