DELETE FROM axis WHERE study = :study
