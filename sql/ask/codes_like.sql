-- Code states that begin so, or whose commit does.
SELECT code FROM code WHERE substr(code, 1, length(:prefix)) = :prefix
UNION
SELECT code FROM code_root WHERE substr("commit", 1, length(:prefix)) = :prefix
