-- :record is the body of the STUDY event.
INSERT INTO study (study, id, name, created, event) VALUES (
  :record ->> '$.study', :record ->> '$.id', :record ->> '$.name', :time, :event
)
