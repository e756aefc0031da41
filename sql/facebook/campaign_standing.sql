-- How many campaigns a person may see, how many of them count, and a number that differs when another choice is in force.
SELECT count(*) AS campaigns, count(*) FILTER (WHERE c.is_tracked) AS tracked,
       CAST(CAST('x' || left(md5(coalesce(string_agg(
           c.campaign_id || CASE WHEN c.is_tracked THEN '+' ELSE '-' END, '' ORDER BY c.campaign_id COLLATE "C"), '')), 8)
           AS bit(32)) AS bigint) AS version
FROM ad_campaigns c
WHERE c.platform = 'facebook'
  AND EXISTS (SELECT FROM facebook_account_links l
              WHERE l.platform = c.platform AND l.account_id = c.account_id
                AND l.user_id = CAST(:user_id AS uuid))
