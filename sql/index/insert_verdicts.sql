-- All verdicts of a replay at once, from the table in memory of store/index_verdicts.c.
INSERT INTO verdict (study, ordinal, verdict, reason, event)
SELECT :study, ordinal, verdict, reason, :event
FROM new_verdict
