-- Where the latest of a study's trials ran.
SELECT p.launch, p.rank
FROM {trials} AS t
JOIN process AS p USING (process)
WHERE t.outcome <> 'lost'
ORDER BY p.launch DESC, t.ordinal DESC
LIMIT 1
