INSERT INTO difference (
  study, metric, n, mean, sd, low, high, largest, largest_ordinal, floor, bound, p, equivalent,
  event
)
SELECT
  :record ->> '$.study', value ->> 'metric', value ->> 'n', value ->> 'mean', value ->> 'sd',
  value ->> 'low', value ->> 'high', value ->> 'largest', value ->> 'largest_ordinal',
  value ->> 'floor', value ->> 'bound', value ->> 'p', value ->> 'equivalent', :event
FROM json_each(:record, '$.differences')
