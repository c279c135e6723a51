-- The attempts that stand for trials, planned still or not, from one on. Asked of the rows, several
-- times for each trial of a replay: the view looks a process up once for each of its columns, and
-- nobody does here who does not ask where an attempt ran.
SELECT attempt, coalesce(outcome, 'ok'), {place}, event, event_row, ordinal
FROM {rows}
WHERE ordinal >= :ordinal
ORDER BY ordinal
