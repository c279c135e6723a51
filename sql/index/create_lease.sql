-- Ranges of trials that agents have and that have not all ended.
CREATE TABLE lease (
  study INTEGER NOT NULL,
  attempt INTEGER NOT NULL, -- that each of them is making
  first INTEGER NOT NULL, -- ordinal
  count INTEGER NOT NULL,
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  PRIMARY KEY (study, attempt, first)
) WITHOUT ROWID
