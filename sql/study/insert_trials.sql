-- Adds many rows, each the first of its trial, from the table in memory of store/index_bulk.c.
INSERT INTO {trials} (
  ordinal, replicate, retired, again, attempt, outcome, exit_status, launch, rank, worker, position,
  pid, start_us, duration_us, user_us, sys_us, max_rss_kib, seed, reason, event, event_row{columns}
)
SELECT
  ordinal, replicate, retired, again, attempt, outcome, exit_status, launch, rank, worker, position,
  pid, start_us, duration_us, user_us, sys_us, max_rss_kib, seed, reason, event, event_row{values}
FROM new_trial
