-- Where an attempt ran, and with what.
SELECT
  a.host, a.cpu, l.comm, l.comm_version, l.version,
  a.memory_kib,
  iif(a.gpus, a.gpus || coalesce(' ' || a.gpu, ''), 'none') AS gpus,
  a.python || ' (' || a.python_executable || ')' AS python,
  a.python_executable,
  (
    SELECT group_concat(value, ' ')
    FROM json_each(coalesce(a.record -> '$.modules', l.record -> '$.modules'))
  ) AS modules,
  a.packages
FROM agent AS a JOIN launch AS l USING (launch)
WHERE a.launch = :launch AND a.rank = :rank
