-- Attempts that do not decide their trial: followed by another, or too late. The attempt that
-- does is in trial_N. Columns mean the same in both.
CREATE TABLE past_attempt (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  exit_status INTEGER,
  late INTEGER,
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  worker INTEGER,
  position INTEGER,
  pid INTEGER,
  start_us INTEGER,
  duration_us INTEGER,
  user_us INTEGER,
  sys_us INTEGER,
  max_rss_kib INTEGER,
  seed INTEGER,
  reason TEXT,
  event INTEGER NOT NULL,
  event_row INTEGER NOT NULL,
  PRIMARY KEY (study, ordinal, event, event_row)
) WITHOUT ROWID
