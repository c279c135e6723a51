-- Adds the first row of a trial; none is added if it has one.
INSERT INTO {rows} (
  ordinal, replicate, marks, attempt, outcome, exit_status, process, position, start_us,
  duration_us, user_us, sys_us, max_rss_kib, seed, reason, event, event_row{columns}
) VALUES (
  :ordinal,
  :replicate,
  nullif(coalesce(:retired, 0) + coalesce(:again, 0) * 2 + coalesce(:late, 0) * 4, 0),
  :attempt,
  nullif(:outcome, 'ok'),
  :exit_status,
  :process,
  :position,
  :start_us - (SELECT start_us FROM study WHERE study = :study),
  :duration_us,
  :user_us,
  :sys_us,
  :max_rss_kib,
  nullif(:seed, (SELECT seed FROM study WHERE study = :study)),
  :reason,
  :event,
  :event_row{values}
) ON CONFLICT DO NOTHING
