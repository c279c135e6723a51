-- Where the study file was that a study was last planned by.
SELECT source_path
FROM plan
WHERE study = :study AND source_path IS NOT NULL
ORDER BY revision DESC
LIMIT 1
