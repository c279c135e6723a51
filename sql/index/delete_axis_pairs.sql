-- Forgets trials to compare with that no open check needs any more.
DELETE FROM axis_pair
WHERE study = :study
  AND key NOT IN (SELECT key FROM axis_check WHERE study = :study AND differing = 0)
