SELECT count, stride, scaled_from, scaled_step, divisor
FROM axis
WHERE study = :study AND axis = :axis
