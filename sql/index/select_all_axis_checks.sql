SELECT study, key, pairs, differing, left_out FROM axis_check ORDER BY study, key
