-- How much belongs to a team, as far as a merge moves it. :into is the team that would take it in.
SELECT (SELECT count(*) FROM all_sales_tracking WHERE team_id = team.id) AS sales,
       (SELECT count(*) FROM lead_tracking WHERE team_id = team.id) AS leads,
       (SELECT count(*) FROM amocrm_deals WHERE team_id = team.id AND is_registration) AS registrations,
       (SELECT count(*) FROM ad_campaigns WHERE team_id = team.id) AS campaigns,
       (SELECT count(*) FROM traffic_users WHERE team_id = team.id) AS users,
       (SELECT count(*) FROM team_aliases WHERE team_id = team.id) AS aliases,
       (SELECT count(*) FROM campaign_bindings WHERE team_id = team.id) AS bindings,
       (SELECT count(*) FROM traffic_weekly_plans WHERE team_id = team.id) AS plans,
       (SELECT count(*) FROM traffic_weekly_plans p WHERE p.team_id = team.id
         AND EXISTS (SELECT FROM traffic_weekly_plans o
                     WHERE o.team_id = CAST(:into AS uuid) AND o.week_start = p.week_start)) AS plans_kept
FROM (SELECT CAST(:team AS uuid) AS id) team
