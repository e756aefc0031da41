-- Every source that leads and sales came with, as it was written; in the index of leads from one to the next.
WITH RECURSIVE marks AS (
    (SELECT utm_source AS mark FROM landing_leads WHERE utm_source IS NOT NULL ORDER BY utm_source LIMIT 1)
    UNION ALL
    SELECT (SELECT l.utm_source FROM landing_leads l
            WHERE l.utm_source IS NOT NULL AND l.utm_source > m.mark ORDER BY l.utm_source LIMIT 1)
    FROM marks m WHERE m.mark IS NOT NULL)
SELECT mark FROM marks WHERE mark IS NOT NULL
UNION
SELECT utm_source FROM all_sales_tracking WHERE utm_source IS NOT NULL
