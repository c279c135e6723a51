-- Whether the swept parameters of current plans matter: two separate questions.
CREATE TABLE axis_check (
  study INTEGER NOT NULL,
  key TEXT NOT NULL, -- names are joined by ", "
  members INTEGER NOT NULL DEFAULT 1, -- of key; more than one change together, and are judged so
  read TEXT, -- yes; no: the model never asked for it; NULL: it took all params together, or unknown,
             -- or more than one parameter
  pairs INTEGER NOT NULL DEFAULT 0, -- of trials that differ in it alone, seeded alike, both ok
  differing INTEGER NOT NULL DEFAULT 0, -- 1 once the metrics of such a pair differed
  left_out TEXT, -- metrics that are times by their names, and are not compared
  basis INTEGER NOT NULL, -- of the comparison: a hash of entry, code, fixed params and seed
  PRIMARY KEY (study, key)
) WITHOUT ROWID
