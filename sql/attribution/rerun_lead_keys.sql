-- What rules can ask of the leads looked at, each different question once.
SELECT DISTINCT key FROM rerun_leads
