-- The connection, with its tokens as they are kept.
SELECT base_url, account_id, account_name, access_token, refresh_token, expires_at, connected_at, refreshed_at,
       last_error
FROM amocrm_connection
