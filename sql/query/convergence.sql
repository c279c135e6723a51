-- The best value of a metric so far, trial by trial
--
-- A row for each trial that was better than all that had ended before it, and one for the last:
-- which evaluation it was, seconds since the first trial started, the value, the best so far. Trials
-- that did not succeed count as evaluations.
--
-- --metric is the metric (the objective), largest first unless the objective is to be minimized or
-- --minimize says so; --limit says how many rows (all).
WITH
  ended AS (
    SELECT
      row_number() OVER (ORDER BY start_us + duration_us, ordinal) AS _evaluation,
      (start_us + duration_us - min(start_us) OVER ()) / 1e6 AS _after,
      ordinal
    FROM {trials}
    WHERE start_us IS NOT NULL AND again IS NULL
  ),
  point AS (
    SELECT
      ended.*,
      trial AS _trial,
      CASE WHEN outcome = 'ok' AND typeof({metric}) IN ('integer', 'real') THEN {metric} END
        AS _value
    FROM ended
    JOIN {view} USING (ordinal)
  ),
  running AS (
    SELECT
      *,
      CASE '{order}'
        WHEN 'ASC' THEN min(_value) OVER (ORDER BY _evaluation)
        ELSE max(_value) OVER (ORDER BY _evaluation)
      END AS _best,
      max(_evaluation) OVER () AS _last
    FROM point
  ),
  compared AS (
    SELECT *, lag(_best) OVER (ORDER BY _evaluation) AS _before FROM running
  )
SELECT
  _evaluation AS evaluation,
  _after AS after_seconds,
  _trial AS trial,
  _value AS value,
  _best AS best
FROM compared
WHERE _best IS NOT _before OR _evaluation = _last
ORDER BY _evaluation
LIMIT coalesce(:limit, -1)
