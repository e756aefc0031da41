-- Which custom fields of amoCRM carry marks; what is not named here follows the defaults of the program.
SELECT target, kind, value, position
FROM amocrm_fields
ORDER BY target, position, kind, value
