-- Every row that holds the phone or the e-mail of one person, as JSON, by table. Raw bodies of webhooks are not searched.
WITH contacts AS (
    SELECT c.* FROM amocrm_contacts c
    WHERE c.phone_norm = CAST(:phone AS text) OR c.email_norm = CAST(:email AS text)
), leads AS (
    SELECT l.* FROM landing_leads l
    WHERE l.phone_norm = CAST(:phone AS text) OR l.email_norm = CAST(:email AS text)
), deals AS (
    SELECT d.* FROM amocrm_deals d
    WHERE d.person_key IN (CAST(:phone AS text), CAST(:email AS text))
       OR d.contact_id IN (SELECT contact_id FROM contacts) OR d.landing_lead_id IN (SELECT id FROM leads)
)
SELECT 'amocrm_contacts' AS source, to_jsonb(c) AS held FROM contacts c
UNION ALL SELECT 'landing_leads', to_jsonb(l) FROM leads l
UNION ALL SELECT 'amocrm_deals', to_jsonb(d) FROM deals d
UNION ALL SELECT 'all_sales_tracking', to_jsonb(s) FROM all_sales_tracking s
          WHERE s.deal_id IN (SELECT deal_id FROM deals) OR s.contact_id IN (SELECT contact_id FROM contacts)
             OR s.contact_phone = CAST(:phone AS text) OR s.contact_email = CAST(:email AS text)
UNION ALL SELECT 'lead_tracking', to_jsonb(t) FROM lead_tracking t WHERE t.lead_id IN (SELECT id FROM leads)
UNION ALL SELECT 'import_records', to_jsonb(i) FROM import_records i
          WHERE i.data ->> 'phone_norm' = CAST(:phone AS text) OR i.data ->> 'email_norm' = CAST(:email AS text)
ORDER BY 1
