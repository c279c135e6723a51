-- The agents of the launches that made attempts of a study; those that are alike in one row.
SELECT
  launch, count(*) AS agents, group_concat(DISTINCT host) AS hosts, sum(slots) AS workers, cpu,
  cores, memory_kib, nullif(gpus, 0) AS gpus, gpu, gpu_driver, python, python_executable,
  python_prefix, nullif(record ->> '$.python.live', json_object()) AS live_modules, packages, environment,
  (SELECT count(*) FROM package AS p WHERE p.packages = agent.packages) AS package_count
FROM agent
WHERE
  launch IN (
    SELECT p.launch FROM process AS p WHERE p.process IN (SELECT process FROM {trials})
  )
  OR launch IN (SELECT launch FROM past_attempt WHERE study = :study)
GROUP BY
  launch, cpu, cores, memory_kib, gpus, gpu, gpu_driver, python, python_executable,
  python_prefix, live_modules, packages, environment
ORDER BY launch, min(rank)
