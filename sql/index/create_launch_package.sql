-- The packages that launches ran with.
CREATE VIEW launch_package AS
SELECT DISTINCT a.launch, p.name, p.version
FROM agent AS a JOIN package AS p USING (packages)
