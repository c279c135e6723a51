-- All trials of a replay at once, from the table in memory of store/index_pairs.c.
INSERT INTO pair (
  study, ordinal, repeat, replicate, origin_store, origin_study, origin_ordinal, origin_attempt
)
SELECT
  :study, ordinal, repeat, replicate, origin_store, origin_study, origin_ordinal, origin_attempt
FROM new_pair
