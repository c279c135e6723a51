-- The attempt that stands for a trial, whether it is still planned or not.
SELECT attempt, outcome, launch, rank, seed, event, event_row
FROM {trials}
WHERE ordinal = :ordinal
