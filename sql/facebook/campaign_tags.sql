-- Which tags the live ads of campaigns carry, and how many ads each.
SELECT o.campaign_id, o.url_tags, o.links[1] AS link, count(*) AS ads
FROM ad_objects o
WHERE o.platform = 'facebook' AND o.kind = 'ad' AND o.tags_read_at IS NOT NULL AND o.campaign_id = ANY(:ids)
GROUP BY o.campaign_id, o.url_tags, o.links[1]
ORDER BY o.campaign_id, count(*) DESC, o.url_tags
