-- Messages that will never arrive, the latest first, with whom they were for.
SELECT n.channel, n.recipient, n.subject, n.last_error, n.next_attempt_at AS tried_at, n.user_id,
       coalesce(nullif(u.full_name, ''), u.email) AS who
FROM notifications n
LEFT JOIN traffic_users u ON u.id = n.user_id
WHERE n.status = 'dead' AND n.next_attempt_at > CAST(:since AS timestamptz)
ORDER BY n.next_attempt_at DESC, n.id
LIMIT :how_many
