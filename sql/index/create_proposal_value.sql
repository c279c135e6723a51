-- What was proposed for a parameter, by number of its column: for trials that have no row yet.
CREATE TABLE proposal_value (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  number INTEGER NOT NULL, -- of the parameter, see table study_column
  value,
  PRIMARY KEY (study, ordinal, number)
) WITHOUT ROWID
