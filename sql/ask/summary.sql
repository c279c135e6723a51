-- When an attempt of a study last ended, and the best value of its objective. There may be millions
-- of rows: these are those of the table itself.
SELECT
  (SELECT start_us FROM study WHERE study = :study) + max(start_us + duration_us),
  {best}(CASE WHEN outcome IS NULL AND coalesce(marks, 0) & 1 = 0 THEN {column} END)
FROM {rows}
