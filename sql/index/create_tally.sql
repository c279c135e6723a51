-- The numbers 0 to 999, for counting through ranges.
CREATE TABLE tally (n INTEGER PRIMARY KEY)
