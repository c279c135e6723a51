INSERT OR REPLACE INTO lease (study, attempt, first, count, launch, rank)
VALUES (:study, :attempt, :first, :count, :launch, :rank)
