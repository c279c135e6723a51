INSERT OR IGNORE INTO model_read (study, key, event) VALUES (:study, :key, :event)
