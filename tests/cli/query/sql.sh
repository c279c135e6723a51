# SQL of one's own, in four formats and from a file.
. "$SOURCE/tests/cli/made.bash"
make_noise
retrial query 'SELECT noise, avg(acc) AS acc FROM "noise" GROUP BY noise'
retrial query 'SELECT noise, avg(acc) AS acc FROM "noise" GROUP BY noise' --csv
echo 'SELECT count(*) AS n, NULL AS nobody FROM noise -- all' > count.sql
retrial query --file count.sql --json
retrial query -f - --md < count.sql
retrial query "SELECT 'a|b' || char(10, 27) || '[31m' AS x"
retrial query "SELECT 1 WHERE 0"
retrial query "SELECT value FROM json_each('[20,30]')" --csv
