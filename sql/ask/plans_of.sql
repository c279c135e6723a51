-- The plans that a study has had, the latest first.
SELECT revision, accepted, trials, code, source_path, event
FROM plan
WHERE study = :study
ORDER BY revision DESC
