WITH judged AS (
  SELECT key, 1 AS members FROM axis WHERE study = :study
  UNION ALL
  SELECT group_concat(key, ', ') AS key, count(*) AS members
  FROM (SELECT key, stride FROM axis WHERE study = :study AND varies ORDER BY axis)
  GROUP BY stride
  HAVING count(*) > 1
)
INSERT OR IGNORE INTO axis_check (study, key, members, basis)
SELECT :study, key, members, :basis FROM judged ORDER BY members
