-- Ad sets and ads of one campaign over a period, each grain summed for itself; amounts of the account and converted at
-- the rates of their days. Unknown stays unknown; so does a sum of the account's currencies, where it changed.
WITH rows AS (
    SELECT s.level, s.object_id, s.currency, s.spend, s.impressions, s.clicks, s.inline_link_clicks,
           CASE WHEN s.spend = 0 THEN 0 WHEN s.currency = 'USD' THEN s.spend
                WHEN s.currency = 'KZT' THEN s.spend / r.usd_to_kzt
                ELSE s.spend * o.kzt_for_one / r.usd_to_kzt END AS usd,
           CASE WHEN s.spend = 0 THEN 0 WHEN s.currency = 'KZT' THEN s.spend
                WHEN s.currency = 'USD' THEN s.spend * r.usd_to_kzt ELSE s.spend * o.kzt_for_one END AS kzt
    FROM ad_statistics s
    JOIN ad_objects b ON b.platform = s.platform AND b.kind = s.level AND b.object_id = s.object_id
                     AND b.campaign_id = :campaign AND b.account_id = s.account_id
    LEFT JOIN LATERAL rate_on(s.stat_date) r ON true
    LEFT JOIN LATERAL currency_rate_on(s.stat_date, s.currency) o ON s.currency NOT IN ('USD', 'KZT')
    WHERE s.platform = 'facebook' AND s.stat_date BETWEEN :first_day AND :last_day AND s.level IN ('adset', 'ad')
)
SELECT x.level, x.object_id, b.adset_id, b.name, b.effective_status, b.url_tags, a.timezone, min(x.currency) AS currency,
       CASE WHEN count(*) = count(x.spend) AND min(x.currency) = max(x.currency) THEN sum(x.spend) END AS spend,
       CASE WHEN count(*) = count(x.usd) THEN sum(x.usd) END AS spend_usd,
       CASE WHEN count(*) = count(x.kzt) THEN sum(x.kzt) END AS spend_kzt,
       CASE WHEN count(*) = count(x.impressions) THEN sum(x.impressions) END AS impressions,
       CASE WHEN count(*) = count(x.clicks) THEN sum(x.clicks) END AS clicks,
       (SELECT count(*) FROM ad_tag_errors e
        WHERE e.platform = 'facebook' AND x.level = 'ad' AND e.ad_id = x.object_id) AS faults
FROM rows x
JOIN ad_objects b ON b.platform = 'facebook' AND b.kind = x.level AND b.object_id = x.object_id
JOIN ad_accounts a ON a.platform = 'facebook' AND a.account_id = b.account_id
GROUP BY x.level, x.object_id, b.adset_id, b.name, b.effective_status, b.url_tags, a.timezone
ORDER BY x.level DESC, spend DESC NULLS LAST, x.object_id
