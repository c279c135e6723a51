-- One row for each trial of the current plan.
CREATE VIEW {view} AS SELECT
  {id} || '.' || ordinal AS trial,
  ordinal,
  replicate,
  CASE
    WHEN again IS NULL THEN 'done'
    WHEN (
      SELECT lease.first + lease.count > t.ordinal
      FROM lease
      WHERE lease.study = {study}
        AND lease.attempt = coalesce(t.attempt, 0) + 1
        AND lease.first <= t.ordinal
      ORDER BY lease.first DESC
      LIMIT 1
    ) THEN 'running'
    ELSE 'waiting'
  END AS status,
  outcome{columns},
  attempt,
  launch,
  rank,
  (SELECT a.host FROM agent AS a WHERE a.launch = t.launch AND a.rank = t.rank) AS host,
  worker,
  seed,
  strftime('%Y-%m-%dT%H:%M:%fZ', start_us / 1e6, 'unixepoch') AS started,
  duration_us / 1e6 AS seconds,
  (user_us + sys_us) / 1e6 AS cpu_seconds,
  max_rss_kib,
  reason
FROM {source} AS t
