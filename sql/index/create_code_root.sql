-- The folders that a code state consists of. The first holds the entry.
CREATE TABLE code_root (
  code TEXT NOT NULL,
  root INTEGER NOT NULL, -- 0, 1, ...
  name TEXT,
  path TEXT, -- where it was taken from
  files INTEGER,
  bytes INTEGER,
  repository TEXT, -- git repository that it lies in, if any
  "commit" TEXT, -- of that repository
  branch TEXT,
  remote TEXT,
  dirty INTEGER, -- 1 if it differs from the commit
  reason TEXT, -- why git could not say more
  record TEXT NOT NULL, -- all that is known, JSON
  PRIMARY KEY (code, root)
) WITHOUT ROWID
