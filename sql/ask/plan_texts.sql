-- The plans that a study has had, as they are; the latest first.
SELECT plan FROM plan WHERE study = :study ORDER BY revision DESC
