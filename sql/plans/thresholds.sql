-- By which verdicts are read.
SELECT goal, pays_back, weak, version
FROM verdict_thresholds
