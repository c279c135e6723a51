-- :record is the body of the RESTORE event.
INSERT OR IGNORE INTO restore (study, ordinal, attempt, kept_by, hash, event)
VALUES (
  :record ->> '$.study', :record ->> '$.ordinal', :record ->> '$.attempt', :record ->> '$.from',
  :record ->> '$.sha256', :event
)
