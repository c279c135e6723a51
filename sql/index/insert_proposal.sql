INSERT INTO proposal (study, ordinal, id, replicate, params, tags, priority, launch, event)
VALUES (:study, :ordinal, :id, :replicate, :params, :tags, :priority, :launch, :event)
