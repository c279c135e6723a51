-- The first trials of a replay that are not what they should be.
SELECT ordinal, verdict, reason
FROM verdict
WHERE study = :study AND verdict NOT IN ('IDENTICAL', 'WITHIN')
ORDER BY ordinal
LIMIT :most
