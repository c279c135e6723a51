-- What a trial was told while it ran.
SELECT attempt, "by", step, stop, params, time
FROM decision
WHERE study = :study AND ordinal = :ordinal
ORDER BY event, event_row
