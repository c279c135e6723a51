-- The trials with the best values of a metric
--
-- --metric is the metric (the objective), largest first unless the objective is to be minimized or
-- --minimize says so; --limit says how many (10).
SELECT
  trial,
  {params},
  {metric},
  seconds
FROM {view}
WHERE outcome = 'ok' AND {metric} IS NOT NULL
ORDER BY {metric} {order}, ordinal
LIMIT coalesce(:limit, 10)
