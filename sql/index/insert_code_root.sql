-- :record is the body of the CODE event.
INSERT OR IGNORE INTO code_root (
  code, root, name, path, files, bytes, repository, "commit", branch, remote, dirty, reason, record
)
SELECT
  :record ->> '$.code', key, value ->> '$.name', value ->> '$.path', value ->> '$.files',
  value ->> '$.bytes', value ->> '$.repository', value ->> '$.commit', value ->> '$.branch',
  value ->> '$.remote', value ->> '$.dirty', value ->> '$.reason', value
FROM json_each(:record, '$.roots')
