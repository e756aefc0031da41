-- The next messages of a channel nobody holds: their time has come, it is no quiet hour of their person, and for
-- Telegram the chat got nothing within the last second and waits for nothing that is on its way.
SELECT n.id, n.message_key, n.user_id, n.recipient, n.subject, n.body, n.attempts, n.created_at,
       coalesce(u.is_active, true) OR NOT n.keeps_quiet AS is_for_active
FROM notifications n
LEFT JOIN traffic_users u ON u.id = n.user_id
LEFT JOIN traffic_targetologist_settings s ON s.user_id = n.user_id
WHERE n.channel = :channel
  AND n.status IN ('queued', 'sending', 'failed')
  AND CASE n.status WHEN 'sending' THEN n.leased_until < now() ELSE n.next_attempt_at <= now() END
  AND NOT (n.keeps_quiet AND s.quiet_from IS NOT NULL
           AND CASE WHEN s.quiet_from < s.quiet_to THEN :hour >= s.quiet_from AND :hour < s.quiet_to
                    ELSE :hour >= s.quiet_from OR :hour < s.quiet_to END)
  AND (n.channel <> 'telegram'
       OR NOT EXISTS (SELECT FROM notifications o
                      WHERE o.channel = 'telegram' AND o.recipient = n.recipient AND o.id <> n.id
                        AND (o.status = 'sent' AND o.sent_at > now() - interval '1 second'
                             OR o.status = 'sending' AND o.leased_until >= now())))
ORDER BY n.next_attempt_at, n.created_at, n.id
LIMIT :how_many
FOR UPDATE OF n SKIP LOCKED
