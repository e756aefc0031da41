-- The newest version of the rules (0: none was kept yet) and the look-back of the match by person, in days: of that
-- version, else of the installation.
SELECT coalesce(newest.version, 0) AS version,
       coalesce(newest.rules ->> 'look_back_days',
                (SELECT value FROM installation WHERE key = 'attribution_look_back_days')) AS look_back_days
FROM (SELECT 1) AS one_row
LEFT JOIN (SELECT version, rules FROM attribution_rules_versions ORDER BY version DESC LIMIT 1) AS newest ON true
