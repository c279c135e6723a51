-- The study files that a study was read from.
SELECT DISTINCT source_path FROM plan WHERE study = :study AND source_path IS NOT NULL
