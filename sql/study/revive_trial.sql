-- A plan has a trial again that an earlier one retired. Its parameters are written anew: columns
-- may have been added since.
UPDATE {rows}
SET marks = nullif((coalesce(marks, 0) & 4) + coalesce(:again, 0) * 2, 0), replicate = :replicate{assignments}
WHERE ordinal = :ordinal
