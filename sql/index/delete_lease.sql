DELETE FROM lease WHERE study = :study AND attempt = :attempt AND first = :first
