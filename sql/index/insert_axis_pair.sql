INSERT OR IGNORE INTO axis_pair (study, key, others, value, metrics)
VALUES (:study, :key, :others, :value, :metrics)
