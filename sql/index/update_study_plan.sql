UPDATE study SET revision = :revision, trials = :trials WHERE study = :study
