-- The swept parameters of current plans. Point i of a plan has level i / stride % count. The value
-- of a level is in axis_value, or is (scaled_from + level * scaled_step) / divisor.
CREATE TABLE axis (
  study INTEGER NOT NULL,
  axis INTEGER NOT NULL, -- 0, 1, ...; the last one changes fastest
  key TEXT NOT NULL,
  count INTEGER NOT NULL, -- levels
  stride INTEGER NOT NULL, -- equal if they change together
  varies INTEGER NOT NULL, -- 0 if all levels are alike
  scaled_from INTEGER, -- NULL if the values are listed
  scaled_step INTEGER,
  divisor, -- a power of ten: an integer if the values are integers, else a real number
  PRIMARY KEY (study, axis)
) WITHOUT ROWID
