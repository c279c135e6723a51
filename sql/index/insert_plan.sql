-- :record is the body of the PLAN event.
INSERT INTO plan (
  study, revision, accepted, trials, code, plan, source, source_path, event
) VALUES (
  :record ->> '$.study', :record ->> '$.revision', :time, :trials, :record ->> '$.plan.code',
  :record -> '$.plan', :record ->> '$.source', :record ->> '$.source_path', :event
)
