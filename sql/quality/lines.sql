-- What is wrong with the data, kind by kind: how many, of how many, how much money (KZT), since when. A kind of which
-- nothing is known (no ad account selected, never compared with amoCRM) has no row. :since bounds what ages, :stale is
-- the moment after which an account must have been read.
WITH sale AS MATERIALIZED (
    SELECT s.team_id, s.reason, s.sale_amount, s.usd_to_kzt_rate, s.sale_day, s.contact_id, s.contact_phone,
           s.contact_email,
           num_nonnulls(d.utm_source, d.utm_medium, d.utm_campaign, d.utm_content, d.utm_term, d.utm_id) > 0 AS is_marked
    FROM all_sales_tracking s
    LEFT JOIN amocrm_deals d USING (deal_id)
    WHERE NOT s.is_reversed AND s.payment_of IS NULL),
spent AS MATERIALIZED (
    SELECT campaign_id, team_id, stat_date, spend_kzt FROM traffic_stats WHERE spend_kzt IS NULL OR spend_kzt <> 0),
compared AS (
    SELECT checked_at, deals, deals_left, money_left FROM amocrm_reconciliations ORDER BY checked_at DESC LIMIT 1)
SELECT 'coverage' AS kind, t.slug AS name, count(*) FILTER (WHERE NOT s.is_marked) AS how_many, count(*) AS of_all,
       coalesce(sum(s.sale_amount) FILTER (WHERE NOT s.is_marked), 0) AS money, CAST(NULL AS timestamptz) AS at,
       t.emoji || ' ' || t.name AS label
FROM sale s JOIN traffic_teams t ON t.id = s.team_id
WHERE s.sale_day >= CAST(:since AS date)
GROUP BY t.slug, t.emoji, t.name
UNION ALL
SELECT 'unattributed', coalesce(reason, 'manual'), count(*), (SELECT count(*) FROM sale),
       coalesce(sum(sale_amount), 0), NULL, NULL
FROM sale WHERE team_id IS NULL GROUP BY coalesce(reason, 'manual')
UNION ALL
SELECT 'sales_without_amount', NULL, count(*) FILTER (WHERE sale_amount IS NULL), count(*), NULL, NULL, NULL
FROM sale HAVING count(*) > 0
UNION ALL
SELECT 'sales_without_contact', NULL,
       count(*) FILTER (WHERE num_nonnulls(contact_id, contact_phone, contact_email) = 0), count(*),
       coalesce(sum(sale_amount) FILTER (WHERE num_nonnulls(contact_id, contact_phone, contact_email) = 0), 0), NULL, NULL
FROM sale HAVING count(*) > 0
UNION ALL
SELECT 'leads_without_contact', NULL, count(*) FILTER (WHERE phone_norm IS NULL AND email_norm IS NULL), count(*), NULL,
       NULL, NULL
FROM landing_leads HAVING count(*) > 0
UNION ALL
SELECT 'days_without_rate', NULL, count(DISTINCT day) FILTER (WHERE is_open), count(DISTINCT day),
       coalesce(sum(money) FILTER (WHERE is_open), 0), CAST(min(day) FILTER (WHERE is_open) AS timestamptz), NULL
FROM (SELECT sale_day AS day, usd_to_kzt_rate IS NULL AND sale_amount IS NOT NULL AS is_open, sale_amount AS money
      FROM sale
      UNION ALL
      SELECT stat_date, spend_kzt IS NULL, NULL FROM spent) AS days
HAVING count(*) > 0
UNION ALL
SELECT 'campaigns_without_team', NULL, count(DISTINCT campaign_id) FILTER (WHERE team_id IS NULL),
       count(DISTINCT campaign_id), coalesce(sum(spend_kzt) FILTER (WHERE team_id IS NULL), 0), NULL, NULL
FROM spent WHERE campaign_id IS NOT NULL HAVING count(*) > 0
UNION ALL
SELECT 'accounts_stale', NULL,
       count(*) FILTER (WHERE last_error IS NOT NULL OR last_synced_at IS NULL OR last_synced_at < CAST(:stale AS timestamptz)),
       count(*), NULL, min(last_synced_at), NULL
FROM ad_accounts WHERE is_selected HAVING count(*) > 0
UNION ALL
SELECT 'events_in_error', NULL, (SELECT count(*) FROM webhook_events WHERE status = 'failed')
       + (SELECT count(*) FROM webhook_events WHERE status = 'dead'), NULL, NULL,
       (SELECT min(received_at) FROM webhook_events WHERE status IN ('failed', 'dead')), NULL
WHERE EXISTS (SELECT FROM webhook_events)
UNION ALL
SELECT 'reconciliation', NULL, deals_left, deals, money_left, checked_at, NULL FROM compared
