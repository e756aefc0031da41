-- The days of a range that a run has read already.
SELECT day FROM amocrm_days_read WHERE first_day = :first_day AND last_day = :last_day
