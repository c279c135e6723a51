-- Adds many rows, each the first of its trial, from the table in memory of store/index_bulk.c. All
-- columns are named, in the order of the table: then SQLite puts together each row where it is made.
-- What is the same in all rows is a parameter, or NULL, and is not asked of the table in memory.
INSERT INTO {rows} (ordinal{columns}) SELECT ordinal{values} FROM new_trial
