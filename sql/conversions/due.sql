-- Events of a team whose time has come, with what is known of the person and the click.
SELECT e.id, e.event_id, e.event_name, e.event_time, coalesce(s.sale_amount, e.value) AS value,
       coalesce(s.currency, e.currency) AS currency, s.contact_phone AS phone, l.phone_norm AS lead_phone,
       s.contact_email AS email, l.email_norm AS lead_email, s.contact_id::text AS person_id, l.fbclid,
       l.created_at AS clicked_at, s.id IS NULL OR s.is_reversed AS is_reversed,
       s.team_id IS DISTINCT FROM e.team_id AS is_moved
FROM conversion_events e
LEFT JOIN all_sales_tracking s ON s.id = e.sale_id
LEFT JOIN landing_leads l ON l.id = s.landing_lead_id
WHERE e.team_id = CAST(:team_id AS uuid) AND e.status = 'queued' AND e.next_attempt_at <= now()
ORDER BY e.event_time, e.id
LIMIT :how_many
FOR UPDATE OF e SKIP LOCKED
