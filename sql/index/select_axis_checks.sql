SELECT
  key, pairs, differing,
  (SELECT count(*) FROM axis_pair AS p WHERE p.study = c.study AND p.key = c.key),
  members
FROM axis_check AS c
WHERE study = :study
