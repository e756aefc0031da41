-- Who looks after ads with wrong tags: the targetologists of the team; of ads of nobody's team, whoever reaches the
-- account.
SELECT u.id AS user_id, u.locale, coalesce(s.notification_email, u.email) AS email,
       s.notification_telegram AS telegram
FROM traffic_users u
LEFT JOIN traffic_teams t ON t.id = u.team_id
LEFT JOIN traffic_targetologist_settings s ON s.user_id = u.id
WHERE u.is_active
  AND CASE WHEN CAST(:team AS text) IS NOT NULL THEN u.role = 'targetologist' AND t.slug = :team
           ELSE EXISTS (SELECT FROM facebook_account_links l
                        WHERE l.platform = 'facebook' AND l.account_id = :account AND l.user_id = u.id) END
ORDER BY u.id
