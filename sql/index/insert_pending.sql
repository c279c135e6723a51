-- :record is the body of a PLAN event; its segments are [first point, count, first ordinal].
INSERT INTO pending (study, first, last, point)
SELECT :study, value ->> 2, (value ->> 2) + (value ->> 1) - 1, value ->> 0
FROM json_each(:record, '$.segments')
