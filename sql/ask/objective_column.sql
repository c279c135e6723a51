-- The column of trial_N that has a metric.
SELECT table_column
FROM study_column
WHERE study = :study AND kind = 'metric' AND name = :name AND table_column IS NOT NULL
