-- :record is the body of the LAUNCH_END event.
UPDATE launch
SET ended = :time, reason = :record ->> '$.reason', detail = :record ->> '$.detail',
  code = :record ->> '$.code'
WHERE launch = :record ->> '$.launch'
