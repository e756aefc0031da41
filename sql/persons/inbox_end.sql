-- The number of the newest delivery.
SELECT coalesce(max(seq), 0) AS seq FROM webhook_events
