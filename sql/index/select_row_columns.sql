-- The columns of a table, in the order in which its rows have them.
SELECT name
FROM pragma_table_info(:rows)
ORDER BY cid
