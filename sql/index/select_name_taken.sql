-- Whether a table or view has this name, or will have it; names differ by more than case.
SELECT
  EXISTS (SELECT 1 FROM sqlite_schema WHERE name = :name COLLATE NOCASE)
  OR EXISTS (
    SELECT 1
    FROM study
    WHERE view = :name COLLATE NOCASE OR view || '.attempts' = :name COLLATE NOCASE
  )
