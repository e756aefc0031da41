-- Every secret of a second factor, by its user; held until the transaction ends, so that nobody replaces one meanwhile.
SELECT user_id, secret
FROM second_factors
ORDER BY user_id
FOR UPDATE
