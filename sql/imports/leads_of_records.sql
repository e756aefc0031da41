-- The leads that stand for these records, with their days.
SELECT l.id, l.import_record_id AS record_id, t.lead_day
FROM landing_leads l
LEFT JOIN lead_tracking t ON t.lead_id = l.id
WHERE l.import_record_id = ANY(CAST(:records AS bigint[]))
