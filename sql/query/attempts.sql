-- Every attempt of the trials that took more than one
--
-- The attempt that decides stands for its trial; a late one ended after it had been given up.
-- --limit says how many (all).
SELECT
  trial,
  attempt,
  outcome,
  decides,
  late,
  launch,
  host,
  worker,
  started,
  seconds,
  reason
FROM {attempts}
WHERE ordinal IN (SELECT ordinal FROM past_attempt WHERE study = :study)
ORDER BY ordinal, attempt, event
LIMIT coalesce(:limit, -1)
