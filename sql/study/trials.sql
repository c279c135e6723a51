-- The trials of one study that have ended an attempt, one row each: the attempt that decides it, or
-- the last one. Columns of swept parameters (p1, ...), metrics (m2, ...) and their states (s2, ...)
-- are added as they appear; the numbers are those of study_column.
CREATE TABLE {trials} (
  ordinal INTEGER PRIMARY KEY,
  replicate INTEGER, -- from 1; NULL if it was no longer planned when it ended
  retired INTEGER, -- 1 if the current plan does not have it any more
  again INTEGER, -- 1 if another attempt is to follow
  attempt INTEGER NOT NULL, -- from 1
  outcome TEXT NOT NULL, -- ok, failed, crashed, timeout, pruned, skipped, lost
  exit_status INTEGER, -- or the signal, if it crashed
  late INTEGER, -- 1 if it ended after it had been recorded as lost
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  worker INTEGER, -- from 0, on that rank; NULL if lost, like all below
  position INTEGER, -- in the life of the worker's process, from 1
  pid INTEGER,
  start_us INTEGER, -- UTC, since 1970
  duration_us INTEGER,
  user_us INTEGER,
  sys_us INTEGER,
  max_rss_kib INTEGER,
  seed INTEGER,
  reason TEXT, -- why it did not succeed, in one line
  event INTEGER NOT NULL, -- of the journal, that holds its result, output and whole reason
  event_row INTEGER NOT NULL -- in that event, from 0
)
