-- Every token that sends sales back, by its team; held until the transaction ends.
SELECT team_id, token
FROM conversion_settings
ORDER BY team_id
FOR UPDATE
