-- The campaigns of the accounts a person reaches, as far as the viewer may see them: all, those named, or those that
-- are found. Counted: how many were found, and how many of them the viewer may begin or cease to count.
SELECT c.campaign_id, c.account_id, c.account_name, c.name, c.objective, c.status, c.effective_status, c.is_tracked,
       c.team, c.is_changeable, count(*) OVER () AS found,
       count(*) FILTER (WHERE c.is_changeable AND NOT c.is_tracked) OVER () AS may_track,
       count(*) FILTER (WHERE c.is_changeable AND c.is_tracked) OVER () AS may_untrack
FROM (
    SELECT c.*, a.name AS account_name, t.slug AS team,
           -- What was handed to another team is still seen for its past days, but is the other team's to choose.
           c.team_id IS NULL OR c.team_id = (SELECT viewer_team()) OR (SELECT viewer()) = 'admin' AS is_changeable
    FROM ad_campaigns c
    JOIN ad_accounts a ON a.platform = c.platform AND a.account_id = c.account_id
    LEFT JOIN traffic_teams t ON t.id = c.team_id
    WHERE c.platform = 'facebook'
      AND EXISTS (SELECT FROM facebook_account_links l
                  WHERE l.platform = c.platform AND l.account_id = c.account_id
                    AND l.user_id = CAST(:user_id AS uuid))
      AND (CAST(:account_id AS text) IS NULL OR c.account_id = :account_id)
      AND (CAST(:ids AS text[]) IS NULL OR c.campaign_id = ANY(CAST(:ids AS text[])))
      AND (CAST(:is_tracked AS boolean) IS NULL OR c.is_tracked = :is_tracked)
      AND (CAST(:search AS text) IS NULL OR c.name ILIKE :search OR c.campaign_id LIKE :search
           OR a.name ILIKE :search OR 'act_' || a.account_id ILIKE :search)
) c
ORDER BY lower(c.name), c.campaign_id
LIMIT :how_many OFFSET :skipped
