-- The versions that hold a rule, each with the rule as it stood in it, the newest first.
SELECT v.version, one.rule
FROM attribution_rules_versions v
LEFT JOIN LATERAL (
    SELECT rule FROM jsonb_array_elements(coalesce(v.rules -> 'aliases', '[]') || coalesce(v.rules -> 'bindings', '[]'))
    AS given (rule) WHERE rule ->> 'id' = :rule_id) AS one ON true
ORDER BY v.version DESC
