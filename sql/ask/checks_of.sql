-- Whether the swept parameters of a study matter, as far as trials have ended.
SELECT
  key,
  CASE WHEN members > 1 THEN NULL ELSE coalesce(read, 'unknown') END AS read,
  CASE WHEN differing = 1 THEN 'yes' WHEN pairs >= 1 THEN 'no' ELSE 'unknown' END AS difference,
  pairs
FROM axis_check
WHERE study = :study
ORDER BY members, key
