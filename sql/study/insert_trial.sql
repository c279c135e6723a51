-- Adds the first row of a trial; none is added if it has one.
INSERT INTO {trials} (
  ordinal, replicate, retired, again, attempt, outcome, exit_status, late, launch, rank, worker,
  position, pid, start_us, duration_us, user_us, sys_us, max_rss_kib, seed, reason, event,
  event_row{columns}
) VALUES (
  :ordinal, :replicate, :retired, :again, :attempt, :outcome, :exit_status, :late, :launch, :rank,
  :worker, :position, :pid, :start_us, :duration_us, :user_us, :sys_us, :max_rss_kib, :seed,
  :reason, :event, :event_row{values}
) ON CONFLICT DO NOTHING
