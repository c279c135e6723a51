INSERT OR IGNORE INTO step (study, ordinal, attempt, metric, number, step, value, state, time_us)
VALUES (:study, :ordinal, :attempt, :metric, :number, :step, :value, :state, :time_us)
