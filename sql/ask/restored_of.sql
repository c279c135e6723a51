-- Attempts of a trial that went on from what an earlier one had kept.
SELECT attempt, kept_by, hash FROM restore WHERE study = :study AND ordinal = :ordinal
