DELETE FROM axis_value WHERE study = :study
