-- Where the latest of a study's trials ran.
SELECT launch, rank
FROM {trials}
WHERE launch IS NOT NULL AND outcome <> 'lost'
ORDER BY launch DESC, ordinal DESC
LIMIT 1
