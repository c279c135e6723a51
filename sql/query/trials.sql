-- The trials of a study: what varies, and what came of it
--
-- One row for each trial of the current plan, with the parameters that vary and all metrics. Instead
-- of an outcome, trials that have not come to an end are running or waiting.
--
-- --where is a condition on the columns of the study (all), --limit says how many (all).
SELECT
  trial,
  {params},
  iif(status = 'done', outcome, status) AS outcome,
  {metrics},
  seconds
FROM {view}
WHERE ({where}
)
ORDER BY ordinal
LIMIT coalesce(:limit, -1)
