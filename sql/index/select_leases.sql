SELECT study, attempt, first, count, launch, rank FROM lease
