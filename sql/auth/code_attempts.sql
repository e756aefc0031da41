-- How often codes of this user were tried within the window, over all half-finished sign-ins.
SELECT coalesce(sum(attempts), 0) AS attempts,
       coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE attempts > 0)), 0) AS oldest_age
FROM sign_in_challenges
WHERE user_id = CAST(:user_id AS uuid) AND created_at > now() - make_interval(secs => :window_seconds)
  AND (ended_at IS NULL OR attempts > 1)
