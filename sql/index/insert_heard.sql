-- :record is the body of the DECISIONS event.
INSERT OR IGNORE INTO heard (
  study, ordinal, attempt, number, call, reports, stop, params, event
)
SELECT
  :record ->> '$.study', value ->> '$.ordinal', value ->> '$.attempt', value ->> '$.number',
  value ->> '$.call', value ->> '$.reports', value ->> '$.stop', value -> '$.params', :event
FROM json_each(:record, '$.heard')
