INSERT INTO meta (one, store, version, position) VALUES (1, :store, :version, 0)
