-- Attempts that a driver told something while they ran.
SELECT study, ordinal, attempt, stop, params
FROM decision
WHERE "by" = 'driver'
ORDER BY study, ordinal, attempt, event, event_row
