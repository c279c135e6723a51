-- The trials that took longest
--
-- --limit says how many (10).
SELECT
  trial,
  {params},
  outcome,
  seconds,
  cpu_seconds,
  max_rss_kib / 1024.0 AS max_rss_mib,
  host
FROM {view}
WHERE seconds IS NOT NULL
ORDER BY seconds DESC, ordinal
LIMIT coalesce(:limit, 10)
