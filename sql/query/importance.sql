-- How much of a metric is explained by each parameter
--
-- The trials that are ok are grouped by the values of one parameter, numbers with more than eight
-- values by eighths. `share` is the part of the metric's variance that lies between the groups;
-- `importance` takes off what so many groups would have by chance, and is 0 where nothing is left.
-- Each parameter is looked at alone: two that matter only together show in neither.
--
-- `best_from` and `best_to` are the values of the group whose mean is best, `best_mean` that mean.
--
-- --metric is the metric (the objective), large values are better unless the objective is to be
-- minimized or --minimize says so; --limit says how many parameters (all).
WITH
  point AS (
    SELECT ordinal, {metric} AS _value
    FROM {view}
    WHERE outcome = 'ok' AND typeof({metric}) IN ('integer', 'real') AND abs({metric}) < 1e150
  ),
  levels (ordinal, parameter, level) AS (
    {levels}
  ),
  used AS (
    SELECT
      parameter,
      level,
      _value - avg(_value) OVER (PARTITION BY parameter) AS _off,
      _value,
      dense_rank() OVER (PARTITION BY parameter ORDER BY level) AS _kind,
      rank() OVER (PARTITION BY parameter ORDER BY level) - 1 AS _place,
      count(*) OVER (PARTITION BY parameter) AS _of
    FROM levels
    JOIN point USING (ordinal)
    WHERE level IS NOT NULL
  ),
  counted AS (
    SELECT *, max(_kind) OVER (PARTITION BY parameter) AS _kinds FROM used
  ),
  placed AS (
    SELECT
      *,
      CASE WHEN _kinds > 8 AND typeof(level) IN ('integer', 'real') THEN _place * 8 / _of ELSE _kind END
        AS _group
    FROM counted
  ),
  grouped AS (
    SELECT
      parameter,
      min(level) AS _from,
      max(level) AS _to,
      count(*) AS _n,
      avg(_value) AS _mean,
      avg(_off) AS _off,
      sum(_off * _off) AS _squares
    FROM placed
    GROUP BY parameter, _group
  ),
  summed AS (
    SELECT
      parameter,
      _from,
      _to,
      _mean,
      sum(_n) OVER (PARTITION BY parameter) AS _n,
      count(*) OVER (PARTITION BY parameter) AS _groups,
      sum(_squares) OVER (PARTITION BY parameter) AS _total,
      sum(_n * _off * _off) OVER (PARTITION BY parameter) AS _between,
      row_number() OVER (PARTITION BY parameter ORDER BY _mean {order}) AS _row
    FROM grouped
  )
SELECT
  parameter,
  max(0.0, 1 - (_total - _between) / (_n - _groups) / (_total / (_n - 1))) AS importance,
  _between / _total AS share,
  _n AS n,
  _groups AS groups,
  _from AS best_from,
  _to AS best_to,
  _mean AS best_mean
FROM summed
WHERE _row = 1
ORDER BY importance DESC, parameter
LIMIT coalesce(:limit, -1)
