-- Every lead, the oldest first.
SELECT id FROM landing_leads ORDER BY created_at, id
