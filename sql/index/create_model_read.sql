-- What the models of current plans were seen to ask for. "*" stands for all params together.
CREATE TABLE model_read (
  study INTEGER NOT NULL,
  key TEXT NOT NULL,
  event INTEGER NOT NULL, -- that told of it
  PRIMARY KEY (study, key)
) WITHOUT ROWID
