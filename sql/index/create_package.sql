-- Packages of interpreters: equal lists are here once.
CREATE TABLE package (
  packages TEXT NOT NULL, -- SHA-256 of the whole list
  name TEXT NOT NULL, -- as pip normalises it
  version TEXT,
  PRIMARY KEY (packages, name)
) WITHOUT ROWID
