-- The parameters and metrics of studies, and the columns that show them.
CREATE TABLE study_column (
  study INTEGER NOT NULL,
  number INTEGER NOT NULL, -- 1, 2, ... in the order of their appearance
  kind TEXT NOT NULL, -- param or metric
  name TEXT NOT NULL, -- as the study calls it; opt.lr if it is nested
  type TEXT NOT NULL, -- boolean, integer, real, text, json, mixed, or none: only nulls so far
  view_column TEXT, -- in the study's view; NULL if the current plan does not have it
  table_column TEXT, -- in trial_N; NULL for a parameter that has never been swept
  state_column TEXT, -- in trial_N: nan, inf or -inf where table_column is NULL; NULL if not needed
  axis INTEGER, -- if it is swept in the current plan, see table axis
  proposed INTEGER, -- 1 if the driver of the current plan proposes it
  value, -- if it is fixed in the current plan
  PRIMARY KEY (study, number)
) WITHOUT ROWID
