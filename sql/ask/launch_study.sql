-- Which study a launch completed.
SELECT record ->> '$.study' FROM launch WHERE launch = :launch
