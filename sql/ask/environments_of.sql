-- In which environments the trials of a study ran: the attempts that stand for them.
SELECT
  a.environment, sum(t.trials) AS trials, min(p.launch) AS launch, min(a.python) AS python,
  min(a.packages) AS packages,
  min(coalesce(a.record ->> '$.modules', l.record ->> '$.modules')) AS modules
FROM (
  SELECT process, count(*) AS trials
  FROM {trials}
  WHERE NOT coalesce(retired, 0) AND outcome <> 'lost'
  GROUP BY process
) AS t
JOIN process AS p USING (process)
JOIN agent AS a USING (launch, rank)
JOIN launch AS l USING (launch)
GROUP BY a.environment
ORDER BY launch, a.environment
