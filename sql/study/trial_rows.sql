-- The trials of one study that have ended an attempt, one row each: the attempt that decides it, or
-- the last one. Columns of swept parameters (p1, ...), metrics (m2, ...) and their states (s2, ...)
-- are added as they appear; the numbers are those of study_column. A row is as short as it can be:
-- trial_N has what it stands for.
CREATE TABLE {rows} (
  ordinal INTEGER PRIMARY KEY,
  replicate INTEGER, -- from 1; NULL if it was no longer planned when it ended
  marks INTEGER, -- NULL, or a sum. 1: retired, 2: again, 4: late
  attempt INTEGER NOT NULL, -- from 1
  outcome TEXT, -- NULL if ok
  exit_status INTEGER, -- or the signal, if it crashed
  process INTEGER NOT NULL, -- see table process
  position INTEGER, -- in the life of the worker's process, from 1; NULL if lost, like all below
  start_us INTEGER, -- since study.start_us
  duration_us INTEGER,
  user_us INTEGER,
  sys_us INTEGER,
  max_rss_kib INTEGER,
  seed INTEGER, -- NULL if it is study.seed
  reason TEXT, -- why it did not succeed, in one line
  event INTEGER NOT NULL, -- of the journal, that holds its result, output and whole reason
  event_row INTEGER NOT NULL -- in that event, from 0
)
