INSERT INTO pair (
  study, ordinal, repeat, replicate, origin_store, origin_study, origin_ordinal, origin_attempt
) VALUES (
  :study, :ordinal, :repeat, :replicate, :store, :origin, :origin_ordinal, :origin_attempt
)
