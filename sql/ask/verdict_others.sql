-- The last verdicts on a replay, but for those that there are most of.
SELECT verdict, count(*)
FROM verdict
WHERE study = :study AND verdict NOT IN ('IDENTICAL', 'DIFFERENT')
GROUP BY verdict
