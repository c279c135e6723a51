-- What two indexes of one journal must have alike. What is left out depends on when the index was
-- committed: it shows in the views.
SELECT name FROM main.sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
  AND name NOT IN ('meta', 'pending', 'axis_pair')
ORDER BY type, name
