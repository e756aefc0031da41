-- The newest comparisons with amoCRM.
SELECT id, checked_at, first_day, last_day, deals, money, deals_found, deals_left, money_left, differences, hook
FROM amocrm_reconciliations
ORDER BY checked_at DESC
LIMIT :how_many
