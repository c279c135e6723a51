-- Environment modules that were loaded where a launch was started.
SELECT record -> '$.modules' FROM launch WHERE launch = :launch
