-- Every attempt of every trial that the study has ever had.
CREATE VIEW {view} AS SELECT
  {id} || '.' || ordinal AS trial,
  ordinal,
  attempt,
  outcome,
  decides, -- 1 if it stands for its trial
  retired,
  late,
  exit_status,
  (SELECT p.launch FROM process AS p WHERE p.process = t.process) AS launch,
  (SELECT p.rank FROM process AS p WHERE p.process = t.process) AS rank,
  (
    SELECT a.host FROM process AS p JOIN agent AS a USING (launch, rank)
    WHERE p.process = t.process
  ) AS host,
  (SELECT p.worker FROM process AS p WHERE p.process = t.process) AS worker,
  (
    SELECT a.environment FROM process AS p JOIN agent AS a USING (launch, rank)
    WHERE p.process = t.process
  ) AS environment, -- component of its key
  (
    SELECT w.devices FROM process AS p JOIN worker AS w USING (launch, rank, worker)
    WHERE p.process = t.process
  ) AS devices, -- GPUs that its worker had to itself
  position,
  (SELECT p.pid FROM process AS p WHERE p.process = t.process) AS pid,
  seed,
  strftime('%Y-%m-%dT%H:%M:%fZ', start_us / 1e6, 'unixepoch') AS started,
  duration_us / 1e6 AS seconds,
  user_us / 1e6 AS user_seconds,
  sys_us / 1e6 AS system_seconds,
  max_rss_kib,
  reason,
  event,
  event_row
FROM (
  SELECT
    ordinal, attempt, outcome, 1 AS decides, coalesce(retired, 0) AS retired,
    coalesce(late, 0) AS late, exit_status, process, position, seed, start_us, duration_us, user_us,
    sys_us, max_rss_kib, reason, event, event_row
  FROM {trials}
  UNION ALL
  SELECT
    ordinal, attempt, outcome, 0,
    (SELECT coalesce(n.retired, 0) FROM {trials} AS n WHERE n.ordinal = p.ordinal),
    coalesce(late, 0), exit_status,
    (
      SELECT w.process
      FROM process AS w
      WHERE w.launch = p.launch AND w.rank = p.rank AND w.worker IS p.worker AND w.pid IS p.pid
    ),
    position, seed, start_us, duration_us, user_us, sys_us, max_rss_kib, reason, event, event_row
  FROM past_attempt AS p
  WHERE study = {study}
) AS t
