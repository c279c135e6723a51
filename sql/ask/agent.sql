-- Where trials ran: one agent of a launch, and what the launch knows of it.
SELECT
  a.host, a.record ->> '$.system' AS system, a.cpu, a.cores, a.memory_kib,
  nullif(a.gpus, 0) AS gpus, a.gpu, a.gpu_driver, a.python, a.python_executable,
  a.python_prefix, a.packages,
  nullif(coalesce(a.record ->> '$.modules', l.record ->> '$.modules'), '[]') AS modules,
  l.comm AS mpi, l.comm_version AS mpi_version, l.ranks, l.version AS retrial,
  l.record ->> '$.env' AS variable
FROM agent AS a
JOIN launch AS l USING (launch)
WHERE a.launch = :launch AND a.rank = :rank
