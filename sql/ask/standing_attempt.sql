-- The attempts that stand for trials, planned still or not, from one on.
SELECT attempt, outcome, launch, rank, seed, event, event_row, ordinal
FROM {trials}
WHERE ordinal >= :ordinal
ORDER BY ordinal
