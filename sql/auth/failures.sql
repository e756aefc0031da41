-- Failed sign-ins within the window: of the account since its last success, and of the address.
-- A device or an address that signed in to this account before is counted alone, so that strangers cannot lock its owner
-- out: the device by its cookie wherever it is, otherwise the address.
WITH attempts AS (
    SELECT a.email, a.address, a.device, a.succeeded, a.attempted_at, a.id
    FROM login_attempts a
    WHERE a.attempted_at > now() - make_interval(secs => :window_seconds)
      AND (a.email = :email OR a.address = CAST(:address AS inet))
), known AS (
    SELECT EXISTS (SELECT FROM login_attempts a
                   WHERE a.email = :email AND a.device = CAST(:device AS bytea) AND a.succeeded
                     AND a.attempted_at > now() - make_interval(days => :known_days)) AS device,
           EXISTS (SELECT FROM login_attempts a
                   WHERE a.email = :email AND a.address = CAST(:address AS inet) AND a.succeeded
                     AND a.attempted_at > now() - make_interval(days => :known_days)) AS address
), of_account AS (
    SELECT a.* FROM attempts a, known k
    WHERE a.email = :email
      AND CASE WHEN k.device THEN a.device IS NOT DISTINCT FROM CAST(:device AS bytea)
               WHEN k.address THEN a.address = CAST(:address AS inet)
               ELSE true END
), last_success AS (
    SELECT coalesce(max(id), 0) AS id FROM of_account WHERE succeeded
)
SELECT (SELECT count(*) FROM of_account o, last_success s WHERE NOT o.succeeded AND o.id > s.id) AS account_failures,
       (SELECT extract(epoch FROM now() - max(o.attempted_at)) FROM of_account o WHERE NOT o.succeeded) AS account_age,
       (SELECT extract(epoch FROM now() - min(o.attempted_at)) FROM of_account o, last_success s
        WHERE NOT o.succeeded AND o.id > s.id) AS account_oldest_age,
       -- Every attempt stands as failed first; a success is one more row that takes it back.
       (SELECT count(*) FILTER (WHERE NOT a.succeeded) - count(*) FILTER (WHERE a.succeeded)
        FROM attempts a WHERE a.address = CAST(:address AS inet)) AS address_failures,
       (SELECT extract(epoch FROM now() - min(a.attempted_at)) FROM attempts a
        WHERE a.address = CAST(:address AS inet) AND NOT a.succeeded) AS address_oldest_age
