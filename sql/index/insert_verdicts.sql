-- runs: [first ordinal, count, verdict]; reasons: by ordinal.
INSERT INTO verdict (study, ordinal, verdict, reason, event)
WITH RECURSIVE given (ordinal, last, verdict) AS (
  SELECT value ->> 0, (value ->> 0) + (value ->> 1) - 1, value ->> 2
  FROM json_each(:record, '$.runs')
  UNION ALL
  SELECT ordinal + 1, last, verdict FROM given WHERE ordinal < last
),
why (ordinal, reason) AS MATERIALIZED (
  SELECT value ->> 0, value ->> 1 FROM json_each(:record, '$.reasons')
)
SELECT :record ->> '$.study', ordinal, verdict, reason, :event
FROM given LEFT JOIN why USING (ordinal)
