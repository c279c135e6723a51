-- How many columns a table has.
SELECT count(*) FROM pragma_table_info(:rows)
