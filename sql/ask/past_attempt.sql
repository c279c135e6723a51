-- An attempt that does not stand for its trial any more.
SELECT attempt, outcome, launch, rank, event, event_row
FROM past_attempt
WHERE study = :study AND ordinal = :ordinal AND attempt = :attempt
ORDER BY late
LIMIT 1
