SELECT store, position FROM meta
