-- What Facebook changed of past days, the newest change first.
SELECT account_id, object_id, stat_date, currency, old_spend, new_spend, noticed_at
FROM ad_restatements
WHERE level = 'campaign'
ORDER BY noticed_at DESC, id DESC
LIMIT :how_many
