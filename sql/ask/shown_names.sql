-- The parameters (swept ones first) or metrics that a study's view shows.
SELECT name
FROM study_column
WHERE study = :study AND kind = :kind AND view_column IS NOT NULL
ORDER BY axis IS NULL, axis, number
