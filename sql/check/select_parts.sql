-- What two indexes of one journal must have alike. What is left out depends on when the index was
-- committed: it shows in the views; so do the rows that trial_N is a view of.
SELECT name FROM main.sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
  AND name NOT IN ('meta', 'pending', 'axis_pair')
  AND NOT (type = 'view' AND name GLOB 'trial_[0-9]*')
ORDER BY type, name
