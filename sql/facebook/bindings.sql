-- Who had and has which account, campaign or ad, the newest of an object first.
SELECT b.id, b.kind, b.external_id, t.slug AS team, b.valid_from, b.valid_to, b.created_at,
       coalesce(c.name, a.name) AS name
FROM campaign_bindings b
JOIN traffic_teams t ON t.id = b.team_id
LEFT JOIN ad_campaigns c ON b.kind = 'campaign' AND c.platform = b.platform AND c.campaign_id = b.external_id
LEFT JOIN ad_accounts a ON b.kind = 'account' AND a.platform = b.platform
                       AND a.account_id = regexp_replace(b.external_id, '^act_', '')
WHERE b.platform = 'facebook'
ORDER BY b.kind, b.external_id, b.valid_from DESC NULLS LAST, b.id
