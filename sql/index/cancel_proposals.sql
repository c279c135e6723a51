-- :record is the body of a CANCEL event.
UPDATE proposal SET cancelled = 1
WHERE study = :record ->> '$.study'
  AND ordinal IN (SELECT value FROM json_each(:record, '$.trials'))
