-- All floors that were measured.
SELECT study, metric, floor FROM floor
