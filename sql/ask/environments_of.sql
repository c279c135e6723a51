-- In which environments the trials of a study ran: the attempts that stand for them.
SELECT
  a.environment, count(*) AS trials, min(t.launch) AS launch, min(a.python) AS python,
  min(a.packages) AS packages,
  min(coalesce(a.record ->> '$.modules', l.record ->> '$.modules')) AS modules
FROM {trials} AS t
JOIN agent AS a USING (launch, rank)
JOIN launch AS l USING (launch)
WHERE NOT coalesce(t.retired, 0) AND t.outcome <> 'lost'
GROUP BY a.environment
ORDER BY launch, a.environment
