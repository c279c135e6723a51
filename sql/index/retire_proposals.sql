UPDATE proposal SET retired = 1 WHERE study = :study
