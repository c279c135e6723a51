-- Code states that begin so.
SELECT code FROM code WHERE substr(code, 1, length(:prefix)) = :prefix
