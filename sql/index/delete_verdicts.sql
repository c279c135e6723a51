-- :record is the body of a VERDICT event, as in the next ones.
DELETE FROM verdict WHERE study = :record ->> '$.study'
