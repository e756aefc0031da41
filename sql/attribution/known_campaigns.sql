-- Every campaign that leads and sales came with, as it was written; in the index of leads from one to the next.
WITH RECURSIVE marks AS (
    (SELECT utm_campaign AS mark FROM landing_leads WHERE utm_campaign IS NOT NULL ORDER BY utm_campaign LIMIT 1)
    UNION ALL
    SELECT (SELECT l.utm_campaign FROM landing_leads l
            WHERE l.utm_campaign IS NOT NULL AND l.utm_campaign > m.mark ORDER BY l.utm_campaign LIMIT 1)
    FROM marks m WHERE m.mark IS NOT NULL)
SELECT mark FROM marks WHERE mark IS NOT NULL
UNION
SELECT utm_campaign FROM all_sales_tracking WHERE utm_campaign IS NOT NULL
