-- When each source last brought something this viewer may see. Failed: selected, and the last attempt was an error.
SELECT
    (SELECT max(webhook_received_at) FROM all_sales_tracking) AS sales_at,
    (SELECT max(created_at) FROM landing_leads) AS leads_at,
    -- The oldest success: one account that stands still makes the spend old. Never read at all: unknown.
    (SELECT CASE WHEN count(*) = count(last_synced_at) THEN min(last_synced_at) END
     FROM ad_accounts WHERE is_selected) AS spend_at,
    (SELECT coalesce(array_agg(coalesce(NULLIF(name, ''), account_id) ORDER BY name, account_id), '{}')
     FROM ad_accounts WHERE is_selected AND last_error IS NOT NULL) AS failed_accounts,
    newest.date AS rate_day,
    coalesce(newest.is_carried, false) AS rate_is_carried
FROM (SELECT 1) AS one_row
LEFT JOIN (SELECT date, is_carried FROM exchange_rates ORDER BY date DESC LIMIT 1) AS newest ON true
