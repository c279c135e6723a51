-- Number of the last event of the journal that the index includes.
SELECT position FROM meta
