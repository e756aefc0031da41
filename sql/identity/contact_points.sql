-- What these contacts hold.
SELECT kind, value FROM person_links WHERE contact_id = ANY (CAST(:contact_ids AS bigint[])) AND lead_id IS NULL
