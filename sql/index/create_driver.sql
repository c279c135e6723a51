-- What drivers did besides proposing trials, and what they were told, in order.
CREATE TABLE driver (
  study INTEGER NOT NULL,
  event INTEGER NOT NULL, -- of the journal
  time TEXT NOT NULL, -- UTC
  launch INTEGER,
  what TEXT NOT NULL, -- start, tell, answer, save, priority, batch, reports, report, order, cancel, stop, finish, ...
  detail TEXT NOT NULL, -- JSON, the event as it is in the journal
  PRIMARY KEY (study, event)
) WITHOUT ROWID
