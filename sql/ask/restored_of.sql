-- Attempts of a trial that went on from what an earlier one had kept.
SELECT attempt, kept_by, sha256 FROM restore WHERE study = :study AND ordinal = :ordinal
