-- What tracked campaigns cost day by day, as the platform reports it and converted at the rate of the day; a page in
-- the order of day and campaign, after the place the page before ended at.
SELECT s.stat_date, s.object_id AS campaign_id, c.name AS campaign, s.account_id, a.name AS account, a.timezone,
       t.slug AS team, s.spend, s.currency, s.impressions, s.clicks, s.reach, s.inline_link_clicks,
       CASE WHEN s.spend = 0 THEN 0 WHEN s.currency = 'USD' THEN s.spend
            WHEN s.currency = 'KZT' THEN s.spend / r.usd_to_kzt
            ELSE s.spend * o.kzt_for_one / r.usd_to_kzt END AS spend_usd,
       CASE WHEN s.spend = 0 THEN 0 WHEN s.currency = 'KZT' THEN s.spend
            WHEN s.currency = 'USD' THEN s.spend * r.usd_to_kzt ELSE s.spend * o.kzt_for_one END AS spend_kzt
FROM ad_statistics s
JOIN ad_campaigns c ON c.platform = s.platform AND c.campaign_id = s.object_id
LEFT JOIN LATERAL campaign_team(c.id, c.team_id, c.is_split AND NOT c.locked, s.stat_date) own ON true
LEFT JOIN traffic_teams t ON t.id = own.team_id
LEFT JOIN ad_accounts a ON a.platform = s.platform AND a.account_id = s.account_id
LEFT JOIN LATERAL rate_on(s.stat_date) r ON true
LEFT JOIN LATERAL currency_rate_on(s.stat_date, s.currency) o ON s.currency NOT IN ('USD', 'KZT')
WHERE s.platform = 'facebook' AND s.level = 'campaign' AND c.is_tracked
  AND s.stat_date BETWEEN :first_day AND :last_day
  AND (CAST(:after_day AS date) IS NULL OR (s.stat_date, s.object_id) > (CAST(:after_day AS date), :after_id))
ORDER BY s.stat_date, s.object_id
LIMIT :how_many
