-- One phone or e-mail of each of some people of whom nothing was heard since a day, the longest silent first: neither a
-- form, nor a contact of amoCRM, nor a deal of theirs. Whoever is erased already is left out.
WITH heard AS (
    SELECT phone_norm AS phone, email_norm AS email, created_at AS at FROM landing_leads
    UNION ALL SELECT phone_norm, email_norm, modified_at FROM amocrm_contacts
    UNION ALL
    SELECT c.phone_norm, c.email_norm, d.modified_at
    FROM amocrm_contacts c JOIN amocrm_deal_contacts USING (contact_id) JOIN amocrm_deals d USING (deal_id)
)
SELECT min(phone) AS phone, CASE WHEN min(phone) IS NULL THEN min(email) END AS email
FROM heard
WHERE coalesce(phone, email) IS NOT NULL AND coalesce(phone, '') NOT LIKE '+999%'
  AND (phone IS NOT NULL OR email NOT LIKE '%@erased.invalid')
GROUP BY coalesce(phone, email)
HAVING max(at) < :before
ORDER BY max(at)
LIMIT :how_many
