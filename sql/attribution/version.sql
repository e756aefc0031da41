-- The rules of one version; without a number, of the newest.
SELECT version, rules
FROM attribution_rules_versions
WHERE CAST(:version AS integer) IS NULL OR version = CAST(:version AS integer)
ORDER BY version DESC
LIMIT 1
