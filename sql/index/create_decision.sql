-- What running trials were told, in the order in which it was decided.
CREATE TABLE decision (
  event INTEGER NOT NULL,
  event_row INTEGER NOT NULL,
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  "by" TEXT NOT NULL, -- a rule of the study file, or who said so
  step INTEGER, -- that it was decided at; NULL if it was no report
  stop TEXT, -- why the trial was to stop
  params TEXT, -- new ones, JSON
  time TEXT NOT NULL,
  PRIMARY KEY (event, event_row)
) WITHOUT ROWID
