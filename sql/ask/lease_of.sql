-- Who has a trial at the moment.
SELECT l.attempt, l.launch, l.rank, a.host
FROM lease AS l
LEFT JOIN agent AS a ON a.launch = l.launch AND a.rank = l.rank
WHERE l.study = :study AND l.first <= :ordinal AND l.first + l.count > :ordinal
ORDER BY l.attempt DESC
LIMIT 1
