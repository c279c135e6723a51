INSERT OR IGNORE INTO axis_check (study, key, basis)
SELECT study, key, :basis FROM axis WHERE study = :study
