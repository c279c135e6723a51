-- How many attempts ran at the same time, over each launch
--
-- A launch is cut into 20 parts of equal length: how many attempts ran on the average of each part,
-- how many at most, and how many ended in it.
WITH RECURSIVE
  ran (launch, first, last) AS (
    SELECT launch, start_us, start_us + duration_us FROM {trials} WHERE start_us IS NOT NULL
    UNION ALL
    SELECT launch, start_us, start_us + duration_us
    FROM past_attempt
    WHERE study = :study AND start_us IS NOT NULL
  ),
  span (launch, first, last) AS (
    SELECT launch, min(first), max(max(last), min(first) + 20) FROM ran GROUP BY launch
  ),
  part (number) AS (
    SELECT 0
    UNION ALL
    SELECT number + 1 FROM part WHERE number < 19
  ),
  change (launch, at, started, ended) AS (
    SELECT launch, first, 1, 0 FROM ran
    UNION ALL
    SELECT launch, last, 0, 1 FROM ran
    UNION ALL
    SELECT launch, first + ((last - first) * number + 19) / 20, 0, 0 FROM span, part
  ),
  step AS (
    SELECT
      launch,
      at,
      ended,
      sum(started - ended) OVER (PARTITION BY launch ORDER BY at) AS running,
      lead(at, 1, at) OVER (PARTITION BY launch ORDER BY at) - at AS lasts
    FROM change
  )
SELECT
  step.launch AS launch,
  strftime(
    '%Y-%m-%dT%H:%M:%fZ', (span.first + (span.last - span.first) * part.number / 20) / 1e6,
    'unixepoch'
  ) AS "from",
  (span.last - span.first) / 20e6 AS seconds,
  sum(running * lasts) * 1.0 / sum(lasts) AS running,
  max(running) AS most,
  sum(ended) AS ended
FROM step
JOIN span ON span.launch = step.launch
JOIN part ON part.number = min((step.at - span.first) * 20 / (span.last - span.first), 19)
GROUP BY step.launch, part.number
ORDER BY step.launch, part.number
