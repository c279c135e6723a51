UPDATE meta SET position = :position
