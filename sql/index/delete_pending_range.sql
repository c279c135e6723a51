DELETE FROM pending WHERE study = :study AND first = :first
