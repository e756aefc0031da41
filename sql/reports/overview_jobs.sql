-- The lines of the timetable: when each ran last, when it is due, and what went wrong.
SELECT job, last_run_at, due_at, last_error FROM job_ticks ORDER BY job
