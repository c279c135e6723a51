DELETE FROM difference WHERE study = :record ->> '$.study'
