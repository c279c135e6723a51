UPDATE study SET view = :view WHERE study = :study
