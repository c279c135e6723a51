-- :record is the body of the PLAN event.
INSERT INTO plan (
  study, revision, accepted, trials, code, key_entry, key_inputs, key_threads, plan,
  source, source_path, event
) VALUES (
  :record ->> '$.study', :record ->> '$.revision', :time, :trials, :record ->> '$.plan.code',
  :key_entry, :key_inputs, :key_threads,
  :record -> '$.plan', :record ->> '$.source', :record ->> '$.source_path', :event
)
