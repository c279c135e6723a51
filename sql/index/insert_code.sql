-- :record is the body of the CODE event.
INSERT OR IGNORE INTO code (code, taken, event) VALUES (:record ->> '$.code', :time, :event)
