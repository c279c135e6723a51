INSERT INTO axis (study, axis, key, count, stride, scaled_from, scaled_step, divisor) VALUES (
  :study, :axis, :key, :count, :stride, :scaled_from, :scaled_step, :divisor
)
