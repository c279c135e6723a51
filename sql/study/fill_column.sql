-- A parameter that was fixed is swept now: the trials so far had its fixed value.
UPDATE {rows}
SET {column} = (SELECT value FROM study_column WHERE study = :study AND number = :number)
WHERE coalesce(marks, 0) & 1 = 0
