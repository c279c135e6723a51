-- :record is the body of the AGENT event; the first agent of a launch with a list tells it.
INSERT OR IGNORE INTO package (packages, name, version)
SELECT :record ->> '$.python.packages.sha256', key, value
FROM json_each(:record, '$.python.packages.list')
