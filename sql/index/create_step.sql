-- What trials reported while they ran: a row for each metric of a report. The view NAME.steps of a
-- study shows it.
CREATE TABLE step (
  study INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  metric TEXT NOT NULL,
  number INTEGER NOT NULL, -- of the report in its attempt, from 1; gaps were thinned out
  step INTEGER NOT NULL,
  value REAL, -- NULL if it is not finite
  state TEXT, -- then nan, inf or -inf
  time_us INTEGER NOT NULL,
  PRIMARY KEY (study, ordinal, attempt, metric, number)
) WITHOUT ROWID
