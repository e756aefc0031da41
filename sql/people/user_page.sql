-- A page of users by e-mail, after the one named last. Locked: so many failed sign-ins within the window since the last
-- success that the next ones are paused.
SELECT u.id, u.email, u.full_name, u.role, u.locale, u.is_active, u.team_id, t.slug AS team_slug, t.name AS team_name,
       u.version, u.created_at, u.password_hash = :nobodys AS is_invited,
       greatest(u.last_login_at, (SELECT max(s.last_seen_at) FROM user_sessions s WHERE s.user_id = u.id)) AS last_seen_at,
       (SELECT count(*) FROM login_attempts a
        WHERE a.email = u.email AND NOT a.succeeded
          AND a.attempted_at > now() - make_interval(secs => :window_seconds)
          AND a.id > coalesce((SELECT max(o.id) FROM login_attempts o WHERE o.email = u.email AND o.succeeded), 0)
       ) >= :free_attempts AS is_locked
FROM traffic_users u
LEFT JOIN traffic_teams t ON t.id = u.team_id
WHERE (CAST(:user_id AS uuid) IS NULL OR u.id = CAST(:user_id AS uuid))
  AND (CAST(:after AS text) IS NULL OR u.email > CAST(:after AS text))
  AND (CAST(:search AS text) IS NULL OR u.email LIKE CAST(:search AS text)
       OR lower(u.full_name) LIKE CAST(:search AS text))
  AND (CAST(:role AS text) IS NULL OR u.role = CAST(:role AS text))
  AND (CAST(:team AS text) IS NULL OR t.slug = CAST(:team AS text))
  AND (CAST(:is_active AS boolean) IS NULL OR u.is_active = CAST(:is_active AS boolean))
ORDER BY u.email
LIMIT :how_many
