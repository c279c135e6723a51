-- Why the last launch of a study ended, if it could not run what was asked for. After an I/O error or
-- without its agents (code 5), and if it was interrupted (75), the same command goes on.
SELECT CASE WHEN reason = 'error' AND coalesce(code, 0) NOT IN (5, 75) THEN detail END
FROM launch
WHERE record ->> '$.study' = :study
ORDER BY launch DESC
LIMIT 1
