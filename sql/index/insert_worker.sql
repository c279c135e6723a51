-- :record is the body of the AGENT event.
INSERT OR REPLACE INTO worker (launch, rank, worker, devices)
SELECT :record ->> '$.launch', :record ->> '$.rank', key, value
FROM json_each(:record, '$.devices.of')
