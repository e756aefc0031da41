-- Which of some users sign in with a second factor.
SELECT f.user_id
FROM second_factors f
WHERE f.user_id = ANY (CAST(:ids AS uuid[])) AND f.confirmed_at IS NOT NULL
