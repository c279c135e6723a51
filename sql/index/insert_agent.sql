-- :record is the body of the AGENT event.
INSERT OR REPLACE INTO agent (launch, rank, host, pid, cores, slots, record, event) VALUES (
  :record ->> '$.launch', :record ->> '$.rank', :record ->> '$.host', :record ->> '$.pid',
  :record ->> '$.cores', :record ->> '$.slots', :record, :event
)
