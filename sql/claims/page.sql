-- Claims this viewer may know, the newest first, with the sales of their deals as far as this viewer may see those.
SELECT c.id, c.deal_id, c.reason, c.status, c.answer, c.created_at, c.decided_at, c.version, c.user_id,
       t.slug AS team_slug, t.name AS team_name, t.color, t.emoji, u.email, u.full_name, d.email AS decided_by,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', s.id, 'product', s.product, 'amount', s.sale_amount::text, 'currency', s.currency,
            'sale_day', s.sale_day, 'team', o.slug, 'team_name', o.name, 'method', s.attribution_method,
            'reason', s.reason, 'candidates', s.candidates, 'locked', s.locked, 'is_reversed', s.is_reversed)
            ORDER BY s.sale_date, s.id), '[]')
        FROM all_sales_tracking s LEFT JOIN traffic_teams o ON o.id = s.team_id
        WHERE s.deal_id = c.deal_id) AS sales
FROM sale_claims c
JOIN traffic_teams t ON t.id = c.team_id
LEFT JOIN traffic_users u ON u.id = c.user_id
LEFT JOIN traffic_users d ON d.id = c.decided_by
WHERE (CAST(:id AS uuid) IS NULL OR c.id = CAST(:id AS uuid))
  AND (CAST(:status AS text) IS NULL OR c.status = CAST(:status AS text))
  AND (CAST(:deal_id AS bigint) IS NULL OR c.deal_id = CAST(:deal_id AS bigint))
  AND (CAST(:before AS timestamptz) IS NULL
       OR (c.created_at, c.id) < (CAST(:before AS timestamptz), CAST(:before_id AS uuid)))
ORDER BY c.created_at DESC, c.id DESC
LIMIT :how_many
