-- The launches that made attempts of a study.
SELECT
  launch, started, ended, reason, detail, command, cwd, host, pid, user, version, comm,
  comm_version, ranks, record ->> '$.job.system' || ' ' || (record ->> '$.job.id') AS job,
  nullif(record ->> '$.modules', '[]') AS modules
FROM launch
WHERE
  launch IN (
    SELECT p.launch FROM process AS p WHERE p.process IN (SELECT process FROM {trials})
  )
  OR launch IN (SELECT launch FROM past_attempt WHERE study = :study)
ORDER BY launch
