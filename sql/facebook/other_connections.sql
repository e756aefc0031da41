-- Other working connections of the same person of Facebook.
SELECT count(*) AS how_many
FROM facebook_connections
WHERE facebook_user_id = :who AND id <> CAST(:connection_id AS uuid) AND state = 'connected'
