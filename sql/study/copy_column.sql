-- A column of a wider type takes over from the one before.
UPDATE {rows} SET {column} = {before}
