-- As insert_trials, of rows that have what is bound here in common, and nothing that is unusual.
INSERT INTO {trials} (
  ordinal, replicate, attempt, outcome, launch, rank, worker, position, pid, start_us, duration_us,
  user_us, sys_us, max_rss_kib, seed, event, event_row{columns}
)
SELECT
  ordinal, :replicate, 1, :outcome, :launch, :rank, worker, position, pid, start_us, duration_us,
  user_us, sys_us, max_rss_kib, seed, event, event_row{values}
FROM new_trial
