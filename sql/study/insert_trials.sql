-- Adds many rows, each the first of its trial, from the table in memory of store/index_bulk.c. Columns
-- that none of them needs are left out.
INSERT INTO {rows} (attempt{columns}) SELECT 1{values} FROM new_trial
