-- The last verdict that was given of each trial of a replay.
CREATE TABLE verdict (
  study INTEGER NOT NULL, -- the replay
  ordinal INTEGER NOT NULL,
  verdict TEXT NOT NULL, -- IDENTICAL, WITHIN, DIFFERENT, OUTCOME CHANGED, NOT COMPARABLE
  reason TEXT, -- NULL if IDENTICAL
  event INTEGER NOT NULL, -- of the journal, that has it
  PRIMARY KEY (study, ordinal)
) WITHOUT ROWID
