-- The view of a study.
SELECT view FROM study WHERE study = :study AND view IS NOT NULL
