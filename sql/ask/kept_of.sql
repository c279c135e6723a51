-- The last checkpoint of a trial.
SELECT attempt, step, hash, bytes, folder, time
FROM checkpoint
WHERE study = :study AND ordinal = :ordinal
ORDER BY event DESC
LIMIT 1
