-- What this index is of, and how far it has come.
CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1), -- there is one row
  store TEXT NOT NULL, -- UUID of the store
  version TEXT NOT NULL, -- of the program that made the index
  position INTEGER NOT NULL -- number of the last event of the journal that is included
)
