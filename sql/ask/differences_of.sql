-- The last paired differences of a replay.
SELECT metric, n, mean, sd, low, high, largest, largest_ordinal, floor, bound, p, equivalent
FROM difference
WHERE study = :study
ORDER BY metric
