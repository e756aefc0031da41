-- A row when somebody keeps tables in the schema the product would use.
SELECT 1 AS found
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm')
LIMIT 1
