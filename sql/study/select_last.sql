-- The highest ordinal that has a row.
SELECT max(ordinal)
FROM {rows}
