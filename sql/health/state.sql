-- What readiness needs: the newest job, the version of the data.
SELECT (SELECT max(last_run_at) FROM job_ticks) AS last_job_at, (SELECT version FROM data_version) AS data_version
