-- Deals of an account that the API has to complete, the newest first: those seen by ids only (no event with a time of
-- its own), and sales whose person nobody has named. What the API did not know for a week is asked for no longer.
SELECT deal_id
FROM (
    SELECT e.deal_id, max(e.received_at) AS seen_at
    FROM amocrm_events e
    WHERE NOT e.has_own_time AND e.action NOT IN ('delete', 'note') AND e.received_at > :since
      AND coalesce(CAST(e.payload ->> 'account_id' AS bigint), :account_id) = :account_id
      AND NOT EXISTS (SELECT FROM amocrm_events known WHERE known.deal_id = e.deal_id AND known.has_own_time
                      AND known.action <> 'note')
    GROUP BY e.deal_id
    UNION ALL
    SELECT s.deal_id, max(s.created_at)
    FROM all_sales_tracking s
    WHERE s.contact_id IS NULL AND s.deal_id > 0 AND NOT s.is_reversed AND s.created_at > :since
      AND NOT EXISTS (SELECT FROM amocrm_deal_contacts tie WHERE tie.deal_id = s.deal_id)
      AND NOT EXISTS (SELECT FROM amocrm_events other WHERE other.deal_id = s.deal_id
                      AND CAST(other.payload ->> 'account_id' AS bigint) <> :account_id)
    GROUP BY s.deal_id
) AS incomplete
GROUP BY deal_id
ORDER BY max(seen_at) DESC, deal_id
LIMIT :how_many
