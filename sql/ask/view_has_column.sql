-- Whether a study's view has a column, by its exact name.
SELECT count(*)
FROM study AS s, pragma_table_info(s.view) AS p
WHERE s.study = :study AND p.name = :name
