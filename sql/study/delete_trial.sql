DELETE FROM {trials} WHERE ordinal = :ordinal
