-- Everything that was ever said about these deals.
SELECT event_key, deal_id, action, occurred_at, has_own_time, received_at, payload
FROM amocrm_events
WHERE deal_id = ANY(:deal_ids)
