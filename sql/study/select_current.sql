SELECT ordinal, again FROM {trials}
WHERE ordinal BETWEEN :first AND :last AND retired IS NULL
