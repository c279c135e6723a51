-- One row for each trial of the current plan.
CREATE VIEW {view} AS SELECT
  {id} || '.' || ordinal AS trial,
  ordinal,
  replicate,
  CASE
    WHEN coalesce(again, 0) = 0 THEN 'done'
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
  ended AS outcome{columns},
  attempt,
  (SELECT p.launch FROM process AS p WHERE p.process = t.process) AS launch,
  (SELECT p.rank FROM process AS p WHERE p.process = t.process) AS rank,
  (
    SELECT a.host FROM process AS p JOIN agent AS a USING (launch, rank)
    WHERE p.process = t.process
  ) AS host,
  (SELECT p.worker FROM process AS p WHERE p.process = t.process) AS worker,
  CASE
    WHEN start_us IS NOT NULL
    THEN coalesce(seed, (SELECT s.seed FROM study AS s WHERE s.study = {study}))
  END AS seed,
  strftime(
    '%Y-%m-%dT%H:%M:%fZ',
    (start_us + (SELECT s.start_us FROM study AS s WHERE s.study = {study})) / 1e6,
    'unixepoch'
  ) AS started,
  duration_us / 1e6 AS seconds,
  (user_us + sys_us) / 1e6 AS cpu_seconds,
  max_rss_kib,
  reason
FROM {source} AS t
