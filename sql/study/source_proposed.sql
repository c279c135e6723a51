-- Where a study's view reads from if a driver proposes its trials: those that have ended an
-- attempt, and the proposals that have not.
(
  SELECT
    ordinal, replicate, marks & 2 AS again, attempt, coalesce(outcome, 'ok') AS ended, process, seed,
    start_us, duration_us, user_us, sys_us, max_rss_kib, reason{stored}
  FROM {rows}
  WHERE coalesce(marks, 0) & 1 = 0
  UNION ALL
  SELECT
    ordinal, replicate, CASE WHEN cancelled IS NULL THEN 2 END, NULL,
    CASE WHEN cancelled = 1 THEN 'skipped' END, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL{derived}
  FROM proposal
  WHERE study = {study}
    AND retired IS NULL
    AND NOT EXISTS (SELECT 1 FROM {rows} AS known WHERE known.ordinal = proposal.ordinal)
)
