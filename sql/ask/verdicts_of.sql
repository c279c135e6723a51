-- How many trials of a replay have a verdict.
SELECT count(*) FROM verdict WHERE study = :study
