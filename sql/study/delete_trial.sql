DELETE FROM {rows} WHERE ordinal = :ordinal
