-- Trials of the current plan that have ended an attempt, and what is asked of them.
SELECT ordinal
FROM {view}
WHERE outcome IS NOT NULL
  AND ({where})
ORDER BY {order}
