UPDATE pending SET point = point + :first - first, first = :first
WHERE study = :study AND first = :was
