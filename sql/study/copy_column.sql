-- A column of a wider type takes over from the one before.
UPDATE {trials} SET {column} = {before}
