-- The trials that drivers have proposed.
CREATE TABLE proposal (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  id, -- the driver's own: an integer or a text
  replicate INTEGER NOT NULL, -- from 1
  params TEXT NOT NULL, -- JSON, with those that all trials share
  tags TEXT, -- JSON object
  priority INTEGER NOT NULL, -- as it was proposed
  launch INTEGER, -- in which that was
  cancelled INTEGER, -- 1 if the driver did not want it any more before it ran
  retired INTEGER, -- 1 if the current plan does not have it any more
  event INTEGER NOT NULL, -- of the journal
  PRIMARY KEY (study, ordinal)
) WITHOUT ROWID
