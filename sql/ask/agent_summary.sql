-- What ran trials of an agent, as JSON.
SELECT
  json_object(
    'host', a.host, 'system', a.record ->> '$.system', 'cpu', a.cpu,
    'python', a.python, 'executable', a.python_executable,
    'modules', json(coalesce(a.record -> '$.modules', l.record -> '$.modules')),
    'variables', json(l.record -> '$.env'),
    'packages', (
      SELECT json_group_object(name, version) FROM package AS p WHERE p.packages = a.packages
    ))
FROM agent AS a
JOIN launch AS l USING (launch)
WHERE a.launch = :launch AND a.rank = :rank
