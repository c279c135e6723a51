-- :record is the body of the DECISIONS event.
INSERT OR IGNORE INTO decision (
  event, event_row, study, ordinal, attempt, "by", step, stop, params, time
)
SELECT
  :event, key, :record ->> '$.study', value ->> '$.ordinal', value ->> '$.attempt',
  value ->> '$.by', value ->> '$.step', value ->> '$.stop', value -> '$.params', :time
FROM json_each(:record, '$.decisions')
