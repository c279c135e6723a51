-- The processes that ran attempts: what their rows in trial_row_N have in common.
CREATE TABLE process (
  process INTEGER PRIMARY KEY, -- 1, 2, ... as they appear in the journal
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  worker INTEGER, -- from 0, on that rank; NULL, like pid, for attempts that were lost
  pid INTEGER
)
