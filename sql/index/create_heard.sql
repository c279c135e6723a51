-- At which of their calls running trials heard what they were told.
CREATE TABLE heard (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  number INTEGER NOT NULL, -- of what the attempt heard: 1, 2, ...
  call INTEGER NOT NULL, -- of report() and should_stop() together; 0: a command, which looks when it likes
  reports INTEGER NOT NULL, -- that it had made
  stop TEXT, -- why it was to stop
  params TEXT, -- new ones, JSON
  event INTEGER NOT NULL,
  PRIMARY KEY (study, ordinal, attempt, number)
) WITHOUT ROWID
