-- While no pair has differed: the first trial of each group that differs in one parameter alone.
CREATE TABLE axis_pair (
  study INTEGER NOT NULL,
  key TEXT NOT NULL,
  others INTEGER NOT NULL, -- a hash of all other swept parameters and the replicate
  value INTEGER NOT NULL, -- a hash of this parameter
  metrics INTEGER NOT NULL, -- a hash of what came of it
  PRIMARY KEY (study, key, others)
) WITHOUT ROWID
