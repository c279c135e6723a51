-- Executions of the engine.
CREATE TABLE launch (
  launch INTEGER PRIMARY KEY, -- 1, 2, ... in this store
  started TEXT NOT NULL, -- UTC
  ended TEXT, -- UTC; NULL while it runs, or if it died and none has followed
  reason TEXT, -- why it ended: done, interrupted, error, died
  detail TEXT,
  code INTEGER, -- its exit code; NULL if it has not said any
  command TEXT, -- JSON list
  cwd TEXT,
  host TEXT,
  pid INTEGER,
  user TEXT,
  version TEXT, -- of the program
  comm TEXT, -- local, mpich, openmpi
  comm_version TEXT,
  ranks INTEGER,
  python TEXT, -- JSON
  cpu TEXT,
  cores INTEGER,
  memory_kib INTEGER,
  record TEXT NOT NULL, -- all that is known, JSON
  event INTEGER NOT NULL -- number in the journal
)
