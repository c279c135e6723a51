ALTER TABLE {trials} ADD COLUMN {column} {type}
