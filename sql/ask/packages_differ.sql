-- Packages that two lists do not have in the same version.
SELECT
  name,
  max(CASE WHEN packages = :a THEN version END) AS a,
  max(CASE WHEN packages = :b THEN version END) AS b
FROM package
WHERE packages IN (:a, :b)
GROUP BY name
HAVING a IS NOT b
ORDER BY name
