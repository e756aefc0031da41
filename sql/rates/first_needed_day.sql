-- The earliest day with money that has to be converted; NULL when there is none.
SELECT LEAST((SELECT min(stat_date) FROM ad_statistics WHERE level = 'campaign'),
             (SELECT min(sale_day) FROM all_sales_tracking)) AS day
