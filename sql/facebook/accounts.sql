-- The accounts that a person's connections reach, each once, and whether this person wants them read.
SELECT a.account_id, a.name, a.currency, a.timezone, a.status, a.track_new, a.look_back_days, a.reads_ads, a.last_synced_at, a.last_attempt_at,
       a.last_error, a.tags_read_at, a.usage_percent, a.usage_at, b.done_from AS history_from, b.wanted_from AS history_wanted,
       bool_or(l.is_selected) AS is_selected, bool_or(l.tells_failure) AS tells_failure
FROM facebook_account_links l
JOIN ad_accounts a ON a.platform = l.platform AND a.account_id = l.account_id
LEFT JOIN facebook_backfills b ON b.platform = a.platform AND b.account_id = a.account_id
WHERE l.user_id = CAST(:user_id AS uuid) AND a.platform = 'facebook'
GROUP BY a.id, b.done_from, b.wanted_from
ORDER BY lower(a.name), a.account_id
