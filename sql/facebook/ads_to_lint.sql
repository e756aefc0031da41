-- Live ads of tracked campaigns with their tags, the names they were published with, and the team of their campaign.
SELECT o.object_id AS ad_id, o.account_id, o.campaign_id, o.adset_id, o.name, s.name AS adset_name, o.effective_status,
       o.creative_id, o.url_tags, o.links, o.names, c.name AS campaign_name, t.slug AS team_slug
FROM ad_objects o
JOIN ad_campaigns c ON c.platform = o.platform AND c.campaign_id = o.campaign_id AND c.is_tracked
LEFT JOIN ad_objects s ON s.platform = o.platform AND s.kind = 'adset' AND s.object_id = o.adset_id
LEFT JOIN traffic_teams t ON t.id = c.team_id
WHERE o.platform = 'facebook' AND o.kind = 'ad' AND o.tags_read_at IS NOT NULL
  AND (CAST(:account AS text) IS NULL OR o.account_id = :account)
ORDER BY o.object_id
