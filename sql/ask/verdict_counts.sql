-- The last verdicts on a replay.
SELECT verdict, count(*) FROM verdict WHERE study = :study GROUP BY verdict
