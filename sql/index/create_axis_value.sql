-- The values of swept parameters that are listed in the plan.
CREATE TABLE axis_value (
  study INTEGER NOT NULL,
  axis INTEGER NOT NULL,
  level INTEGER NOT NULL, -- 0, 1, ...
  value,
  PRIMARY KEY (study, axis, level)
) WITHOUT ROWID
