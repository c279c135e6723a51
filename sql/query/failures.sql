-- The trials that did not succeed, and why
--
-- What failed, crashed, ran out of time or was lost, with the first line of the reason; --limit
-- says how many (all).
SELECT
  trial,
  {params},
  outcome,
  status,
  attempt,
  host,
  reason
FROM {view}
WHERE outcome IN ('failed', 'crashed', 'timeout', 'lost')
ORDER BY ordinal
LIMIT coalesce(:limit, -1)
