-- Waits that are not over: of the application, of one account (or of every account the viewer may know).
SELECT scope, key, until, reason
FROM facebook_waits
WHERE until > now()
  AND (scope = 'application' AND key = :application
       OR scope = 'account' AND (CAST(:account AS text) IS NULL OR key = :account))
ORDER BY scope DESC, key
