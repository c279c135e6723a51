-- What the trials of the study reported while they ran: a row for each metric of a report.
CREATE VIEW {view} AS SELECT
  {id} || '.' || ordinal AS trial,
  ordinal,
  attempt,
  step,
  metric,
  value, -- NULL if it is not finite
  state, -- then nan, inf or -inf
  number, -- of the report in its attempt; gaps were thinned out
  strftime('%Y-%m-%dT%H:%M:%fZ', time_us / 1e6, 'unixepoch') AS time,
  (SELECT t.attempt FROM {trials} AS t WHERE t.ordinal = s.ordinal) = attempt AS decides
FROM step AS s
WHERE study = {study}
