-- Rows whose deal amoCRM has told of, or whose sale stands already: the same product and day, of the same person.
SELECT given.place
FROM unnest(CAST(:places AS integer[]), CAST(:deal_ids AS bigint[]), CAST(:products AS text[]), CAST(:days AS date[]),
            CAST(:phones AS text[]), CAST(:emails AS text[]))
     AS given (place, deal_id, product, day, phone, email)
WHERE EXISTS (SELECT FROM amocrm_events e WHERE e.deal_id = given.deal_id AND e.action <> 'import')
   OR EXISTS (SELECT FROM all_sales_tracking s
              WHERE s.sale_day = given.day AND s.product = given.product AND s.pipeline_id > 0 AND NOT s.is_reversed
                AND (s.contact_phone = given.phone OR s.contact_email = given.email))
