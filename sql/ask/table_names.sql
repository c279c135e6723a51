-- The tables and views that people ask about, views first.
SELECT name
FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY type DESC, name
LIMIT 5000
