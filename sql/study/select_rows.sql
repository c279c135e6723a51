SELECT ordinal, again, retired FROM {trials} WHERE ordinal BETWEEN :first AND :last
