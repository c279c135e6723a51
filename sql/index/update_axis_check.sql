UPDATE axis_check
SET read = :read, pairs = :pairs, differing = :differing, left_out = coalesce(:left_out, left_out)
WHERE study = :study AND key = :key
