DELETE FROM pair WHERE study = :study
