-- How many sales some days have.
SELECT count(*) AS sales FROM all_sales_tracking WHERE sale_day BETWEEN :first_day AND :last_day
