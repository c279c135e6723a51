-- Why the last launch of a study ended, if an error ended it.
SELECT CASE WHEN reason = 'error' THEN detail END
FROM launch
WHERE record ->> '$.study' = :study
ORDER BY launch DESC
LIMIT 1
