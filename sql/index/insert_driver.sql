-- :record is the body of an event of a driver; :what names it, unless the body does.
INSERT INTO driver (study, event, time, launch, what, detail)
VALUES (
  :record ->> '$.study', :event, :time, :record ->> '$.launch', coalesce(:what, :record ->> '$.what'),
  :record
)
