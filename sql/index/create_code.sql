-- Code states: exact content of what ran.
CREATE TABLE code (
  code TEXT PRIMARY KEY, -- SHA-256 over the files, hexadecimal
  taken TEXT NOT NULL, -- UTC
  event INTEGER NOT NULL -- number in the journal
) WITHOUT ROWID
