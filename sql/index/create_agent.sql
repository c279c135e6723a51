-- The ranks of launches.
CREATE TABLE agent (
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  host TEXT,
  pid INTEGER,
  cpu TEXT, -- model
  cores INTEGER,
  memory_kib INTEGER,
  slots INTEGER, -- workers that fit
  gpus INTEGER, -- that may be used
  gpu TEXT, -- their model; models, if there are several
  gpu_driver TEXT, -- version
  python TEXT, -- version of the interpreter that runs trials; NULL if none does
  python_executable TEXT,
  python_prefix TEXT,
  packages TEXT, -- of that interpreter, see package
  environment TEXT NOT NULL, -- component of the keys of its trials, SHA-256, hexadecimal
  record TEXT NOT NULL, -- all that is known but packages, JSON
  event INTEGER NOT NULL, -- number in the journal
  PRIMARY KEY (launch, rank)
) WITHOUT ROWID
