-- The attempts that stand for trials, planned still or not, from one on. Asked of the rows, several
-- times for each trial of a replay: the view looks a process up once for each of its columns.
SELECT attempt, coalesce(outcome, 'ok'), launch, rank, event, event_row, ordinal
FROM {rows} LEFT JOIN process USING (process)
WHERE ordinal >= :ordinal
ORDER BY ordinal
