-- What running trials kept. Of each trial the last one is in the store's folder kept/, by its hash.
CREATE TABLE checkpoint (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  event INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER, -- as the trial said it
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  folder INTEGER NOT NULL, -- 1: a folder, packed
  time TEXT NOT NULL,
  PRIMARY KEY (study, ordinal, event)
) WITHOUT ROWID
