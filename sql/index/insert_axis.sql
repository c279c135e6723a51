INSERT INTO axis (study, axis, key, count, stride, varies, scaled_from, scaled_step, divisor)
VALUES (:study, :axis, :key, :count, :stride, :varies, :scaled_from, :scaled_step, :divisor)
