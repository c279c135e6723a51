-- Where a study's view reads from when every trial of the plan has ended an attempt.
(
  SELECT *, coalesce(outcome, 'ok') AS ended, marks & 2 AS again
  FROM {rows}
  WHERE coalesce(marks, 0) & 1 = 0
)
