-- Where a study's view reads from while trials of the plan have not ended an attempt: those that
-- have, and those in the pending ranges that have not, counted through by thousands. Most of these
-- lie behind all that have ended, and need not be looked up.
(
  SELECT
    ordinal, replicate, marks & 2 AS again, attempt, coalesce(outcome, 'ok') AS ended, process, seed,
    start_us, duration_us, user_us, sys_us, max_rss_kib, reason{stored}
  FROM {rows}
  WHERE coalesce(marks, 0) & 1 = 0
  UNION ALL
  SELECT
    ordinal, {replicate}, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL{derived}
  FROM (
    WITH RECURSIVE block (first, last, point) AS (
      SELECT first, last, point FROM pending WHERE study = {study}
      UNION ALL
      SELECT first + 1000, last, point + 1000 FROM block WHERE first + 1000 <= last
    )
    SELECT first + n AS ordinal, point + n AS point
    FROM block CROSS JOIN tally
    WHERE n <= last - first
      AND (
        first + n > coalesce((SELECT max(ordinal) FROM {rows}), 0)
        OR NOT EXISTS (SELECT 1 FROM {rows} AS known WHERE known.ordinal = first + n)
      )
  ) AS series
)
