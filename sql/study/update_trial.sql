UPDATE {trials} SET retired = :retired, again = :again WHERE ordinal = :ordinal
