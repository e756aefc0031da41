-- How many events and deals named each pipeline; what only imports told is not amoCRM's.
SELECT CAST(payload ->> 'pipeline_id' AS bigint) AS pipeline_id, count(*) AS events
FROM amocrm_events
WHERE payload ? 'pipeline_id' AND action <> 'import'
GROUP BY 1
