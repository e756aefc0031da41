-- The version of a user, who is held until the transaction ends.
SELECT version
FROM traffic_users
WHERE id = CAST(:user_id AS uuid)
FOR UPDATE
