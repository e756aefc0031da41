-- Standing sales without a team that nobody has decided about, the greatest money first (keyset: rank, id).
SELECT s.id, s.deal_id, s.product, s.sale_amount, s.currency,
       sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate) AS amount_kzt,
       coalesce(sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate), -1) AS rank,
       s.sale_date, s.sale_day, s.utm_source, s.utm_medium, s.utm_campaign, s.utm_content, s.utm_term, s.reason,
       s.candidates
FROM all_sales_tracking s
WHERE s.team_id IS NULL AND NOT s.is_reversed AND NOT s.locked
  AND (CAST(:reason AS text) IS NULL OR s.reason = :reason)
  AND (CAST(:first_day AS date) IS NULL OR s.sale_day >= :first_day)
  AND (CAST(:last_day AS date) IS NULL OR s.sale_day <= :last_day)
  AND (CAST(:source AS text) IS NULL OR lower(btrim(coalesce(s.utm_source, ''))) = :source)
  AND (CAST(:campaign AS text) IS NULL OR lower(btrim(coalesce(s.utm_campaign, ''))) = :campaign)
  AND (CAST(:search AS text) IS NULL
       OR concat_ws(' ', s.utm_source, s.utm_medium, s.utm_campaign, s.utm_content, s.utm_term, s.deal_id)
          ILIKE CAST(:search AS text))
  AND (CAST(:after_rank AS numeric) IS NULL
       OR (coalesce(sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate), -1) <= CAST(:after_rank AS numeric)
           AND (coalesce(sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate), -1) < CAST(:after_rank AS numeric)
                OR s.id > CAST(:after_id AS uuid))))
ORDER BY coalesce(sale_kzt(s.sale_amount, s.currency, s.usd_to_kzt_rate), -1) DESC, s.id
LIMIT :row_limit
