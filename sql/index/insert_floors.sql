-- :record is the body of a FLOOR event.
INSERT OR REPLACE INTO floor (
  study, metric, floor, sd, spread, trials, repeats, replay, event
)
SELECT
  :record ->> '$.of', value ->> 'metric', value ->> 'floor', value ->> 'sd', value ->> 'spread',
  value ->> 'trials', value ->> 'repeats', :record ->> '$.replay', :event
FROM json_each(:record, '$.metrics')
