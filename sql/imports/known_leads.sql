-- Rows whose lead came in by itself: the same submission, or the same person within a minute.
SELECT given.place
FROM unnest(CAST(:places AS integer[]), CAST(:phones AS text[]), CAST(:emails AS text[]),
            CAST(:moments AS timestamptz[]), CAST(:submissions AS text[]))
     AS given (place, phone, email, moment, submission)
WHERE EXISTS (SELECT FROM landing_leads l WHERE l.import_record_id IS NULL AND l.phone_norm = given.phone
              AND l.created_at BETWEEN given.moment - interval '1 minute' AND given.moment + interval '1 minute')
   OR EXISTS (SELECT FROM landing_leads l WHERE l.import_record_id IS NULL AND l.email_norm = given.email
              AND l.created_at BETWEEN given.moment - interval '1 minute' AND given.moment + interval '1 minute')
   OR EXISTS (SELECT FROM landing_leads l WHERE l.import_record_id IS NULL AND l.submission_id = given.submission
              AND (l.phone_norm = given.phone OR l.email_norm = given.email))
