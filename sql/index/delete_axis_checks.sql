-- Forgets what was found with another model, and of parameters that are not swept any more.
DELETE FROM axis_check
WHERE study = :study
  AND (basis <> :basis OR key NOT IN (SELECT key FROM axis WHERE study = :study))
