UPDATE study SET left_out = left_out + 1 WHERE study = :study
