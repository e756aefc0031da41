-- How many test messages went out for a person lately.
SELECT count(*) AS sent
FROM notifications
WHERE user_id = CAST(:user_id AS uuid) AND message_key LIKE 'test:%' AND created_at > now() - interval '10 minutes'
