-- Every row about one person, as JSON, by table. Of raw bodies those of forms are told; amoCRM puts several people into one.
SELECT 'amocrm_contacts' AS source, to_jsonb(c) AS held FROM amocrm_contacts c WHERE c.contact_id = ANY(:contact_ids)
UNION ALL SELECT 'amocrm_contact_points', to_jsonb(p) FROM amocrm_contact_points p WHERE p.contact_id = ANY(:contact_ids)
UNION ALL SELECT 'landing_leads', to_jsonb(l) FROM landing_leads l WHERE l.id = ANY(CAST(:lead_ids AS uuid[]))
UNION ALL SELECT 'landing_lead_phones', to_jsonb(o) FROM landing_lead_phones o
          WHERE o.lead_id = ANY(CAST(:lead_ids AS uuid[]))
UNION ALL SELECT 'lead_tracking', to_jsonb(t) FROM lead_tracking t WHERE t.lead_id = ANY(CAST(:lead_ids AS uuid[]))
UNION ALL SELECT 'amocrm_deals', to_jsonb(d) FROM amocrm_deals d WHERE d.deal_id = ANY(:deal_ids)
UNION ALL SELECT 'all_sales_tracking', to_jsonb(s) FROM all_sales_tracking s WHERE s.deal_id = ANY(:deal_ids)
UNION ALL SELECT 'webhook_events', jsonb_build_object('id', e.id, 'received_at', e.received_at, 'source', e.source,
                                                      'headers', e.headers, 'body', encode(e.body, 'escape'))
          FROM webhook_events e JOIN landing_leads l ON l.event_id = e.id WHERE l.id = ANY(CAST(:lead_ids AS uuid[]))
UNION ALL SELECT 'person_points', to_jsonb(p) FROM person_points p
          WHERE (p.kind = 'phone' AND p.value = ANY(:phones)) OR (p.kind = 'email' AND p.value = ANY(:emails))
             OR (p.kind = 'contact' AND p.value IN (SELECT CAST(id AS text) FROM unnest(CAST(:contact_ids AS bigint[])) AS id))
UNION ALL SELECT 'import_records', to_jsonb(i) FROM import_records i
          WHERE i.data ->> 'phone_norm' = ANY(:phones) OR i.data ->> 'email_norm' = ANY(:emails)
ORDER BY 1
