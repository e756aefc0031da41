-- Takes the teams of old out of use: no sign-in, no settings, no plans for weeks to come, and no UTM source of their
-- own, which stands among their aliases by now. The teams themselves stay under their names, because history has them.
-- Run again it changes nothing.
WITH old AS (
    SELECT id, slug FROM traffic_teams WHERE id = ANY(CAST(:team_ids AS uuid[]))
), people AS (
    SELECT u.id FROM traffic_users u JOIN old o ON o.id = u.team_id
), sessions AS (
    DELETE FROM user_sessions s USING people p WHERE s.user_id = p.id RETURNING s.user_id
), tokens AS (
    DELETE FROM refresh_tokens r USING people p WHERE r.user_id = p.id RETURNING r.user_id
), settings AS (
    DELETE FROM traffic_targetologist_settings s USING people p WHERE s.user_id = p.id RETURNING s.user_id
), plans AS (
    DELETE FROM traffic_weekly_plans w USING old o
    WHERE w.team_id = o.id AND w.week_start > CAST(:today AS date) RETURNING w.id
), users AS (
    UPDATE traffic_users u SET is_active = false, updated_at = now() FROM people p
    WHERE u.id = p.id AND u.is_active RETURNING u.id
), teams AS (
    UPDATE traffic_teams t SET is_active = false, utm_source = 'legacy_' || t.slug, updated_at = now()
    FROM old o
    WHERE t.id = o.id AND (t.is_active OR t.utm_source <> 'legacy_' || t.slug) RETURNING t.id
)
SELECT (SELECT count(*) FROM teams) AS teams, (SELECT count(*) FROM users) AS users,
       (SELECT count(*) FROM settings) AS settings, (SELECT count(*) FROM sessions) AS sessions,
       (SELECT count(*) FROM tokens) AS tokens, (SELECT count(*) FROM plans) AS plans
