-- How far back the history of accounts reaches; of one account or of all that are read and not complete.
SELECT b.account_id, b.done_from, b.wanted_from
FROM facebook_backfills b
JOIN ad_accounts a ON a.platform = b.platform AND a.account_id = b.account_id
WHERE CASE WHEN CAST(:account AS text) IS NULL THEN a.is_selected AND b.done_from > b.wanted_from
           ELSE b.account_id = :account END
ORDER BY b.done_from DESC, b.account_id
