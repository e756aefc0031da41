-- How many claims wait for an admin.
SELECT count(*) AS claims
FROM sale_claims
WHERE status = 'open'
