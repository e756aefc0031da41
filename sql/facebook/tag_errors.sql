-- Faults of the tags of live ads with what was spent under these tags so far, the dearest first; the spend of an ad
-- without figures, or in more than the account's present currency, is not known.
SELECT e.ad_id, o.name AS ad, o.campaign_id, c.name AS campaign, o.account_id, t.slug AS team, e.fault, e.tag, e.found,
       e.expected, e.noticed_at, a.currency, spent.spend, spent.clicks
FROM ad_tag_errors e
JOIN ad_objects o ON o.platform = e.platform AND o.kind = 'ad' AND o.object_id = e.ad_id
JOIN ad_campaigns c ON c.platform = o.platform AND c.campaign_id = o.campaign_id
JOIN ad_accounts a ON a.platform = o.platform AND a.account_id = o.account_id
LEFT JOIN traffic_teams t ON t.id = c.team_id
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(s.spend) AND bool_and(s.currency = a.currency) THEN sum(s.spend) END AS spend,
           CASE WHEN count(*) = count(s.clicks) THEN sum(s.clicks) END AS clicks
    FROM ad_statistics s
    WHERE s.platform = e.platform AND s.account_id = o.account_id AND s.level = 'ad' AND s.object_id = e.ad_id
      AND (o.tags_since IS NULL OR s.stat_date >= (o.tags_since AT TIME ZONE a.timezone)::date)) spent ON true
WHERE CAST(:team AS text) IS NULL OR t.slug = :team
ORDER BY spent.spend DESC NULLS LAST, e.ad_id, e.fault, e.tag
LIMIT :how_many
