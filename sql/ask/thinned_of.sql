-- How many reports of each attempt were thinned out: their numbers are left out.
SELECT attempt, max(number) - count(DISTINCT number) AS thinned
FROM step
WHERE study = :study AND ordinal = :ordinal
GROUP BY attempt
HAVING thinned > 0
