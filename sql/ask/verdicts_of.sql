-- Of how many trials of a replay the last verdict is younger than all their attempts.
SELECT count(*)
FROM verdict
WHERE study = :study AND event > (SELECT coalesce(max(event), 0) FROM {trials})
