SELECT number, kind, name, type, view_column, table_column, state_column, axis, value,
  proposed
FROM study_column
WHERE study = :study
ORDER BY number
