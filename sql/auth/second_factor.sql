-- The second factor of a user, being set up or in use, and how many recovery codes are left.
SELECT f.user_id, f.secret, f.confirmed_at IS NOT NULL AS is_confirmed, f.last_step,
       (SELECT count(*) FROM recovery_codes r WHERE r.user_id = f.user_id AND r.used_at IS NULL) AS codes_left
FROM second_factors f
WHERE f.user_id = CAST(:user_id AS uuid)
