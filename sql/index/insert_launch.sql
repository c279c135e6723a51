-- :record is the body of the LAUNCH event.
INSERT INTO launch (
  launch, started, command, cwd, host, pid, user, version, comm, comm_version, ranks, python, cpu,
  cores, memory_kib, record, event
) VALUES (
  :record ->> '$.launch', :time, :record -> '$.command', :record ->> '$.cwd', :record ->> '$.host',
  :record ->> '$.pid', :record ->> '$.user', :record ->> '$.version', :record ->> '$.comm',
  :record ->> '$.comm_version', :record ->> '$.ranks', :record ->> '$.python',
  :record ->> '$.cpu', :record ->> '$.cores', :record ->> '$.memory_kib', :record, :event
)
