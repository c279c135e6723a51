-- What a trial reported while it ran, curve by curve.
SELECT attempt, metric, step, value, state
FROM step
WHERE study = :study AND ordinal = :ordinal
ORDER BY attempt, metric, number
