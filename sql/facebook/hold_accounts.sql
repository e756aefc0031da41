-- The accounts a person reaches, held until the transaction ends, in an order that lets no two wait for each other.
-- Rows that name an account (its runs) are still added meanwhile: nothing that they point at changes.
SELECT a.account_id
FROM ad_accounts a
WHERE a.platform = 'facebook'
  AND EXISTS (SELECT FROM facebook_account_links l
              WHERE l.platform = a.platform AND l.account_id = a.account_id AND l.user_id = CAST(:user_id AS uuid))
ORDER BY a.account_id
FOR NO KEY UPDATE OF a
