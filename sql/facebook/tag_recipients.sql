-- Who looks after ads with wrong tags: the targetologists of the team; where there is none, whoever reaches the
-- account.
WITH people AS (
    SELECT u.id, u.locale, u.email,
           u.role = 'targetologist' AND t.slug IS NOT DISTINCT FROM CAST(:team AS text)
               AND t.slug IS NOT NULL AS is_of_team,
           EXISTS (SELECT FROM facebook_account_links l
                   WHERE l.platform = 'facebook' AND l.account_id = :account AND l.user_id = u.id) AS reaches
    FROM traffic_users u
    LEFT JOIN traffic_teams t ON t.id = u.team_id
    WHERE u.is_active
)
SELECT p.id AS user_id, p.locale,
       CASE WHEN coalesce(s.email_enabled, true) THEN coalesce(s.notification_email, p.email) END AS email,
       CASE WHEN s.telegram_enabled AND s.telegram_problem IS NULL THEN s.notification_telegram END AS telegram
FROM people p
LEFT JOIN traffic_targetologist_settings s ON s.user_id = p.id
WHERE p.is_of_team OR (p.reaches AND NOT EXISTS (SELECT FROM people o WHERE o.is_of_team))
ORDER BY p.id
