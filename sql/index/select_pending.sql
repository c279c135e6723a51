SELECT first, last, point FROM pending WHERE study = :study ORDER BY first LIMIT 1
