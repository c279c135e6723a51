-- :record is the body of the CHECKPOINT event.
INSERT OR IGNORE INTO checkpoint (study, ordinal, event, attempt, step, hash, bytes, folder, time)
VALUES (
  :record ->> '$.study', :record ->> '$.ordinal', :event, :record ->> '$.attempt',
  :record ->> '$.step', :record ->> '$.sha256', :record ->> '$.bytes', :record ->> '$.folder', :time
)
