-- The newest measure of each kind.
SELECT DISTINCT ON (kind) kind, measured_at, pairs, given, correct
FROM attribution_measures
ORDER BY kind, measured_at DESC
