-- When an attempt of a study last ended, and the best value of its objective.
SELECT
  max(start_us + duration_us),
  {best}(CASE WHEN outcome = 'ok' AND retired IS NULL THEN {column} END)
FROM {trials}
