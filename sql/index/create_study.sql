-- The studies of the store.
CREATE TABLE study (
  study INTEGER PRIMARY KEY, -- number in this store: 1, 2, ...
  id TEXT NOT NULL, -- random; the first half of the ids of its trials: k3f9
  name TEXT NOT NULL,
  created TEXT NOT NULL, -- UTC
  view TEXT, -- name of the view with its trials: the study's name, if that was free
  revision INTEGER NOT NULL DEFAULT 0, -- of its current plan
  trials INTEGER NOT NULL DEFAULT 0, -- in its current plan
  left_out INTEGER NOT NULL DEFAULT 0, -- metrics and params that found no room as columns
  start_us INTEGER, -- of the first attempt: those of trial_row_N count from it
  seed INTEGER, -- of the first attempt: that of trials which have none in trial_row_N
  event INTEGER NOT NULL -- number in the journal
)
