-- The columns of all tables and views that a statement mentions, views first.
SELECT DISTINCT p.name
FROM sqlite_schema AS s, pragma_table_info(s.name) AS p
WHERE s.type IN ('table', 'view') AND instr(lower(:sql), lower(s.name)) > 0
ORDER BY s.type DESC, p.cid
LIMIT 5000
