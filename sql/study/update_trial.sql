UPDATE {rows}
SET marks = nullif(
  (coalesce(marks, 0) & 4) + coalesce(:retired, 0) + coalesce(:again, 0) * 2, 0
)
WHERE ordinal = :ordinal
