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
  launch,
  rank,
  (SELECT a.host FROM agent AS a WHERE a.launch = t.launch AND a.rank = t.rank) AS host,
  worker,
  (
    SELECT a.environment FROM agent AS a WHERE a.launch = t.launch AND a.rank = t.rank
  ) AS environment, -- component of its key
  (
    SELECT w.devices
    FROM worker AS w
    WHERE w.launch = t.launch AND w.rank = t.rank AND w.worker = t.worker
  ) AS devices, -- GPUs that its worker had to itself
  position,
  pid,
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
    coalesce(late, 0) AS late, exit_status, launch, rank, worker, position, pid, seed, start_us,
    duration_us, user_us, sys_us, max_rss_kib, reason, event, event_row
  FROM {trials}
  UNION ALL
  SELECT
    ordinal, attempt, outcome, 0,
    (SELECT coalesce(n.retired, 0) FROM {trials} AS n WHERE n.ordinal = p.ordinal),
    coalesce(late, 0), exit_status, launch, rank, worker, position, pid, seed, start_us,
    duration_us, user_us, sys_us, max_rss_kib, reason, event, event_row
  FROM past_attempt AS p
  WHERE study = {study}
) AS t
