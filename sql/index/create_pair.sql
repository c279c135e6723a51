-- Trials of replays, and what they were derived from.
CREATE TABLE pair (
  study INTEGER NOT NULL, -- the replay
  ordinal INTEGER NOT NULL,
  repeat INTEGER NOT NULL, -- from 1
  replicate INTEGER NOT NULL, -- of the original
  origin_store TEXT, -- UUID; NULL: this store
  origin_study TEXT NOT NULL, -- its id
  origin_ordinal INTEGER NOT NULL,
  origin_attempt INTEGER NOT NULL, -- that it is compared with
  PRIMARY KEY (study, ordinal)
) WITHOUT ROWID
