-- Forgets what was found with another model, and of parameters that are not swept any more.
WITH judged AS (
  SELECT key, 1 AS members FROM axis WHERE study = :study
  UNION ALL
  SELECT group_concat(key, ', ') AS key, count(*) AS members
  FROM (SELECT key, stride FROM axis WHERE study = :study AND varies ORDER BY axis)
  GROUP BY stride
  HAVING count(*) > 1
)
DELETE FROM axis_check
WHERE study = :study
  AND (basis <> :basis OR (key, members) NOT IN (SELECT key, members FROM judged))
