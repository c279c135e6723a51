SELECT id, name, view, start_us, seed FROM study WHERE study = :study
