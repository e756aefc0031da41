-- These points as they were joined last.
SELECT p.kind, p.value, p.person_key, p.sure_key, p.is_shared
FROM unnest(CAST(:kinds AS text[]), CAST(:points AS text[])) AS given (kind, value)
JOIN person_points p ON (p.kind, p.value) = (given.kind, given.value)
