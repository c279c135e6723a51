-- The number of a study, if what ran in this store did not run in one environment alone.
SELECT study
FROM study
WHERE id = :id AND (SELECT count(DISTINCT environment) FROM agent) > 1
