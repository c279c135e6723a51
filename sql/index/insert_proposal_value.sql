INSERT OR REPLACE INTO proposal_value (study, ordinal, number, value)
VALUES (:study, :ordinal, :number, :value)
