-- Attempts that were given what an earlier attempt of their trial had kept.
CREATE TABLE restore (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  kept_by INTEGER NOT NULL, -- the earlier attempt
  hash TEXT NOT NULL,
  event INTEGER NOT NULL,
  PRIMARY KEY (study, ordinal, attempt)
) WITHOUT ROWID
