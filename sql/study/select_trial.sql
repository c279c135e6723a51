-- How the attempt ended that stands for a trial so far.
SELECT outcome FROM {trials} WHERE ordinal = :ordinal
