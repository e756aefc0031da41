-- Every stored token of a third party, by its user; held until the transaction ends, so that nobody replaces one meanwhile.
SELECT user_id, fb_access_token AS token
FROM traffic_targetologist_settings
WHERE fb_access_token IS NOT NULL
ORDER BY user_id
FOR UPDATE
