-- Rows that there are, rows that there should be, and rows that should not be as they are.
SELECT
  (SELECT count(*) FROM main.{part}) AS have,
  (SELECT count(*) FROM made.{part}) AS want,
  (SELECT count(*) FROM (SELECT * FROM main.{part} EXCEPT SELECT * FROM made.{part})) AS odd
