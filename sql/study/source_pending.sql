-- Where a study's view reads from while trials of the plan have not ended an attempt.
(
  SELECT
    ordinal, replicate, again, attempt, outcome, launch, rank, worker, seed, start_us, duration_us,
    user_us, sys_us, max_rss_kib, reason{stored}
  FROM {trials}
  WHERE retired IS NULL
  UNION ALL
  SELECT
    ordinal, point / {levels} + 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL{derived}
  FROM (
    WITH RECURSIVE walk (ordinal, point, last) AS (
      SELECT first, point, last FROM pending WHERE study = {study}
      UNION ALL
      SELECT ordinal + 1, point + 1, last FROM walk WHERE ordinal < last
    )
    SELECT ordinal, point
    FROM walk
    WHERE NOT EXISTS (SELECT 1 FROM {trials} AS n WHERE n.ordinal = walk.ordinal)
  )
)
