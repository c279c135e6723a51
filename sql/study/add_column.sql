ALTER TABLE {rows} ADD COLUMN {column} {type}
