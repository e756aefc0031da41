-- The newest versions of the rules, with who made them.
SELECT v.version, v.note, v.created_at, u.email AS created_by,
       jsonb_array_length(coalesce(v.rules -> 'aliases', '[]')) AS aliases,
       jsonb_array_length(coalesce(v.rules -> 'bindings', '[]')) AS bindings,
       CAST(v.rules ->> 'look_back_days' AS integer) AS look_back_days
FROM attribution_rules_versions v
LEFT JOIN traffic_users u ON u.id = v.created_by
WHERE CAST(:before AS integer) IS NULL OR v.version < CAST(:before AS integer)
ORDER BY v.version DESC
LIMIT :how_many
