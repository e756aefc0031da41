-- The deals of these persons: settled as theirs so far, or of a contact of theirs.
SELECT deal_id FROM amocrm_deals WHERE person_key = ANY (CAST(:persons AS text[]))
UNION
SELECT dc.deal_id
FROM person_points p
JOIN amocrm_deal_contacts dc ON dc.contact_id = CAST(p.value AS bigint)
WHERE p.person_key = ANY (CAST(:persons AS text[])) AND p.kind = 'contact'
