-- What the rate that was last set by hand for a day has replaced; a rate by hand over one by hand looks further back.
SELECT before
FROM audit_log
WHERE action = 'rate.set' AND object_type = 'rate' AND object_id = CAST(:day AS text)
ORDER BY id DESC
LIMIT 1
