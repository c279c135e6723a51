-- Paired differences of each metric of a replay, replayed less original, as of its last verdict.
CREATE TABLE difference (
  study INTEGER NOT NULL, -- the replay
  metric TEXT NOT NULL,
  n INTEGER NOT NULL, -- pairs that have it
  mean REAL,
  sd REAL, -- NULL for one pair, as the interval is
  low REAL, -- of the 95 % interval of the mean
  high REAL,
  largest REAL, -- by size, with its sign
  largest_ordinal INTEGER, -- of the replay's trial
  floor REAL, -- up to which it varies by itself; NULL: not known
  bound REAL, -- of the test for equivalence; NULL: none was asked for
  p REAL,
  equivalent INTEGER, -- 1 at 5 %
  event INTEGER NOT NULL,
  PRIMARY KEY (study, metric)
) WITHOUT ROWID
