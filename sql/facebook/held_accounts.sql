-- Accounts that were not read because Facebook asked to wait, and whose wait is over.
SELECT a.account_id
FROM ad_accounts a
WHERE a.platform = 'facebook' AND a.is_selected AND a.last_error LIKE '{"key": "facebook.fault.waiting"%'
  AND NOT EXISTS (SELECT FROM facebook_waits w
                  WHERE w.until > now() AND (w.scope = 'application' AND w.key = :application
                                             OR w.scope = 'account' AND w.key = a.account_id))
ORDER BY a.account_id
