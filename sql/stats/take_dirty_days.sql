-- Takes days whose statistics have to be computed anew, the newest first. A day that somebody is just marking stays for
-- the next time: waiting for him could be a circle.
DELETE FROM stats_dirty_days
WHERE day IN (SELECT day FROM stats_dirty_days ORDER BY day DESC LIMIT :how_many FOR UPDATE SKIP LOCKED)
RETURNING day
