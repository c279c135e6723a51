-- :record is the body of the LAUNCH_END event.
UPDATE launch
SET ended = :time, reason = :record ->> '$.reason', detail = :record ->> '$.detail'
WHERE launch = :record ->> '$.launch'
