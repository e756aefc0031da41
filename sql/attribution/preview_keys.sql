-- What rules can ask of the own marks of the sales looked at, each different question once.
SELECT DISTINCT key FROM preview_sales
