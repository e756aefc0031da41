-- What rules can ask of the leads looked at, each different question once.
SELECT DISTINCT key FROM preview_leads WHERE key IS NOT NULL
