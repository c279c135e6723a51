-- The ranks of launches.
CREATE TABLE agent (
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  host TEXT,
  pid INTEGER,
  cores INTEGER,
  slots INTEGER, -- workers that fit
  record TEXT NOT NULL, -- all that is known, JSON
  event INTEGER NOT NULL, -- number in the journal
  PRIMARY KEY (launch, rank)
) WITHOUT ROWID
