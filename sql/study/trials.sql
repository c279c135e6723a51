-- The trials of one study that have ended an attempt, as the rows of trial_row_N say.
CREATE VIEW {trials} AS SELECT
  ordinal,
  replicate, -- from 1; NULL if it was no longer planned when it ended
  nullif(marks & 1, 0) AS retired, -- 1 if the current plan does not have it any more
  nullif(marks & 2, 0) / 2 AS again, -- 1 if another attempt is to follow
  attempt, -- from 1
  coalesce(outcome, 'ok') AS outcome, -- ok, failed, crashed, timeout, pruned, skipped, lost
  exit_status, -- or the signal, if it crashed
  nullif(marks & 4, 0) / 4 AS late, -- 1 if it ended after it had been recorded as lost
  process, -- see table process
  (SELECT p.launch FROM process AS p WHERE p.process = t.process) AS launch,
  (SELECT p.rank FROM process AS p WHERE p.process = t.process) AS rank,
  (SELECT p.worker FROM process AS p WHERE p.process = t.process) AS worker,
  position, -- in the life of the worker's process, from 1
  (SELECT p.pid FROM process AS p WHERE p.process = t.process) AS pid,
  start_us + (SELECT s.start_us FROM study AS s WHERE s.study = {study}) AS start_us, -- since 1970
  duration_us,
  user_us,
  sys_us,
  max_rss_kib,
  CASE
    WHEN start_us IS NOT NULL
    THEN coalesce(seed, (SELECT s.seed FROM study AS s WHERE s.study = {study}))
  END AS seed,
  reason, -- why it did not succeed, in one line
  event, -- of the journal, that holds its result, output and whole reason
  event_row -- in that event, from 0
  {columns}
FROM {rows} AS t
