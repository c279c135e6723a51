-- Every attempt of one trial.
SELECT
  attempt, outcome, decides, late, exit_status, launch, rank, host, worker, position, pid, seed,
  started, seconds, user_seconds, system_seconds, max_rss_kib, reason, event, event_row, devices,
  environment
FROM {attempts}
WHERE ordinal = :ordinal
ORDER BY attempt, event, event_row
