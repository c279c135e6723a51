-- How much metrics of a study vary by themselves: its trials, repeated unchanged.
CREATE TABLE floor (
  study TEXT NOT NULL, -- id of the study whose trials were repeated
  metric TEXT NOT NULL,
  floor REAL NOT NULL, -- a difference up to here is none
  sd REAL NOT NULL, -- of repeats of one trial
  spread REAL NOT NULL, -- the largest difference of two repeats of one trial
  trials INTEGER NOT NULL,
  repeats INTEGER NOT NULL, -- of each, the original included
  replay TEXT NOT NULL, -- id of the study that repeated them
  event INTEGER NOT NULL,
  PRIMARY KEY (study, metric)
) WITHOUT ROWID
