-- What the rows of the study's trials are relative to from now on.
UPDATE study SET start_us = :start_us, seed = :seed WHERE study = :study
