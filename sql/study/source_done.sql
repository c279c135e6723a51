-- Where a study's view reads from when every trial of the plan has ended an attempt.
(SELECT * FROM {trials} WHERE retired IS NULL)
