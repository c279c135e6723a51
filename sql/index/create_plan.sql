-- Every plan that a study has had.
CREATE TABLE plan (
  study INTEGER NOT NULL,
  revision INTEGER NOT NULL, -- 1, 2, ...
  accepted TEXT NOT NULL, -- UTC
  trials INTEGER NOT NULL,
  code TEXT, -- code state that it runs, see table code
  key_entry TEXT NOT NULL, -- components of the keys of its trials, SHA-256, hexadecimal
  key_inputs TEXT NOT NULL,
  key_threads TEXT NOT NULL,
  plan TEXT NOT NULL, -- JSON
  source TEXT, -- the study file as it was read
  source_path TEXT,
  event INTEGER NOT NULL, -- number in the journal
  PRIMARY KEY (study, revision)
) WITHOUT ROWID
