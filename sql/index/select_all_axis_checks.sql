SELECT study, key, pairs, differing, left_out, members FROM axis_check ORDER BY study, key
