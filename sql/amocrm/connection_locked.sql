-- The same, held until the transaction ends: a refresh token works once, so one process at a time may use it.
SELECT base_url, account_id, account_name, access_token, refresh_token, expires_at, connected_at, refreshed_at,
       last_error
FROM amocrm_connection
FOR UPDATE
