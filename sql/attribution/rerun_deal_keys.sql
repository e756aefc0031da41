-- What rules can ask of the own marks of the deals looked at, each different question once.
SELECT DISTINCT key FROM rerun_deals
