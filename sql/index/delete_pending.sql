DELETE FROM pending WHERE study = :study
