-- What the accounts that a user reaches spent in a period, converted at the rates of the days; unknown stays unknown.
SELECT s.account_id, CASE WHEN count(*) = count(k.kzt) THEN sum(k.kzt) END AS spend_kzt
FROM ad_statistics s
LEFT JOIN LATERAL rate_on(s.stat_date) r ON true
LEFT JOIN LATERAL currency_rate_on(s.stat_date, s.currency) o ON s.currency NOT IN ('USD', 'KZT')
CROSS JOIN LATERAL (
    SELECT CASE WHEN s.spend = 0 THEN 0 WHEN s.currency = 'KZT' THEN s.spend
                WHEN s.currency = 'USD' THEN s.spend * r.usd_to_kzt ELSE s.spend * o.kzt_for_one END AS kzt) k
WHERE s.platform = 'facebook' AND s.level = 'campaign' AND s.stat_date BETWEEN :first_day AND :last_day
  AND EXISTS (SELECT FROM facebook_account_links l
              WHERE l.platform = s.platform AND l.account_id = s.account_id AND l.user_id = CAST(:user_id AS uuid))
GROUP BY s.account_id
