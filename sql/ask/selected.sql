-- Trials of the current plan that have ended an attempt, and what is asked of them. What a driver
-- cancelled has an outcome without one.
SELECT ordinal
FROM {view}
WHERE outcome IS NOT NULL
  AND attempt IS NOT NULL
  AND ({where})
ORDER BY {order}
