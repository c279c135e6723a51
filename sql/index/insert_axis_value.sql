INSERT INTO axis_value (study, axis, level, value) VALUES (:study, :axis, :level, :value)
