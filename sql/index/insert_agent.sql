-- :record is the body of the AGENT event.
INSERT OR REPLACE INTO agent (
  launch, rank, host, pid, cpu, cores, memory_kib, slots, gpus, gpu, gpu_driver, python,
  python_executable, python_prefix, packages, environment, record, event
) VALUES (
  :record ->> '$.launch', :record ->> '$.rank', :record ->> '$.host', :record ->> '$.pid',
  :record ->> '$.cpu', :record ->> '$.cores', :record ->> '$.memory_kib', :record ->> '$.slots',
  coalesce(:record ->> '$.gpus.usable', 0),
  (
    SELECT group_concat(model, ', ')
    FROM (SELECT DISTINCT value ->> '$.model' AS model FROM json_each(:record, '$.gpus.devices'))
  ),
  :record ->> '$.gpus.driver', :record ->> '$.python.version', :record ->> '$.python.executable',
  :record ->> '$.python.prefix', :record ->> '$.python.packages.sha256', :environment,
  json_remove(:record, '$.python.packages.list'), :event
)
