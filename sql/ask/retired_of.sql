-- How many trials that have ended the current plan does not have any more.
SELECT count(*) FROM {trials} WHERE retired
