-- The same, with those that the current plan does not have any more.
SELECT ordinal FROM {trials} WHERE {where} ORDER BY ordinal
