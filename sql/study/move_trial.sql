-- Keeps the row of a trial whose place another attempt takes.
INSERT INTO past_attempt
SELECT
  :study, ordinal, attempt, outcome, exit_status, late, launch, rank, worker, position, pid,
  start_us, duration_us, user_us, sys_us, max_rss_kib, seed, reason, event, event_row
FROM {trials}
WHERE ordinal = :ordinal
