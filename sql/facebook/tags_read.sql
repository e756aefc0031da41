-- Whether a live ad of a team was read.
SELECT EXISTS (SELECT FROM ad_objects o
               JOIN ad_campaigns c ON c.platform = o.platform AND c.campaign_id = o.campaign_id
               JOIN traffic_teams t ON t.id = c.team_id
               WHERE o.kind = 'ad' AND o.tags_read_at IS NOT NULL AND t.slug = :team) AS were_read
