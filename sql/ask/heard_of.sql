-- At which of its calls a trial heard what it was told while it ran.
SELECT attempt, number, call, reports, stop, params
FROM heard
WHERE study = :study AND ordinal = :ordinal
ORDER BY attempt, number
