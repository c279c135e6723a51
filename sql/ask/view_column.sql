-- The column of a study's view that shows a parameter or metric.
SELECT view_column
FROM study_column
WHERE study = :study AND kind = :kind AND name = :name AND view_column IS NOT NULL
