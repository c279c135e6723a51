SELECT id, name, view FROM study WHERE study = :study
