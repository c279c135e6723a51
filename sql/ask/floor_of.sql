-- Up to which a metric of the trials of two studies varies by itself, as far as that was measured.
SELECT max(floor) FROM floor WHERE study IN (:a, :b) AND metric = :metric
