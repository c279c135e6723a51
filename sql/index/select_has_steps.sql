SELECT EXISTS (SELECT 1 FROM step WHERE study = :study)
