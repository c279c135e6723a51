-- Definitions that are in one index and not in the other.
SELECT
  (SELECT count(*) FROM (
    SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'
    EXCEPT SELECT type, name, tbl_name, sql FROM made.sqlite_schema)) +
  (SELECT count(*) FROM (
    SELECT type, name, tbl_name, sql FROM made.sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'
    EXCEPT SELECT type, name, tbl_name, sql FROM main.sqlite_schema))
