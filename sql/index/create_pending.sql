-- Ranges of trials among which are all that have not ended an attempt yet.
CREATE TABLE pending (
  study INTEGER NOT NULL,
  first INTEGER NOT NULL, -- ordinal
  last INTEGER NOT NULL, -- ordinal
  point INTEGER NOT NULL, -- of the first: its number in the plan, from 0
  PRIMARY KEY (study, first)
) WITHOUT ROWID
