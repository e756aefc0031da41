-- The newest version of the rules (0: none was kept yet) and the look-back of the match by person, in days.
SELECT coalesce((SELECT max(version) FROM attribution_rules_versions), 0) AS version,
       (SELECT value FROM installation WHERE key = 'attribution_look_back_days') AS look_back_days
