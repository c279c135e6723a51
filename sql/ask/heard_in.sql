-- What the trials of a study heard while they ran, and at which of their calls.
SELECT ordinal, attempt, call, reports, stop, params
FROM heard
WHERE study = :study
ORDER BY ordinal, attempt, number
