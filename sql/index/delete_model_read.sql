DELETE FROM model_read WHERE study = :study
