-- The points of the persons that these points belong to, as they were joined last.
SELECT m.kind, m.value
FROM unnest(CAST(:kinds AS text[]), CAST(:points AS text[])) AS given (kind, value)
JOIN person_points p ON (p.kind, p.value) = (given.kind, given.value)
JOIN person_points m ON m.person_key = p.person_key
