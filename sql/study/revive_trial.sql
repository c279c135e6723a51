-- A plan has a trial again that an earlier one retired. Its parameters are written anew: columns
-- may have been added since.
UPDATE {trials}
SET retired = NULL, again = :again, replicate = :replicate{assignments}
WHERE ordinal = :ordinal
