-- The signed-in user behind a session cookie, when the session still stands and the user is active.
SELECT s.id AS session_id, s.last_seen_at, u.id AS user_id, u.email, u.full_name, u.role, u.locale,
       u.team_id, t.slug AS team_slug, t.name AS team_name
FROM user_sessions s
JOIN traffic_users u ON u.id = s.user_id AND u.is_active
LEFT JOIN traffic_teams t ON t.id = u.team_id
WHERE s.token_hash = :token_hash
  AND s.revoked_at IS NULL
  AND s.expires_at > now()
  AND s.last_seen_at > now() - make_interval(secs => :idle_seconds)
