# What a query may not do, and how mistakes are told.
. "$SOURCE/tests/cli/made.bash"
make_noise
refused() {
    retrial query "$@" && echo "was not refused: $*"
    echo "exit $?" >&2
}
refused "DELETE FROM study"
refused "ATTACH 'evil.sqlite' AS evil"
refused "VACUUM INTO 'evil.sqlite'"
refused "PRAGMA writable_schema = 1"
refused "SELECT load_extension('evil.so')"
refused "SELECT 1; SELECT 2"
refused "SELECT nois FROM noise"
refused "SELECT * FROM nois"
refused "SELECT trial
FORM noise"
refused "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n" \
    --seconds 1
refused trials --study noise --where "nois > 1"
refused nois
refused noise
refused noise --study niose
refused noise --study noise --by nois
refused best --study noise --metric ac
refused "SELECT 1" --study noise
refused "SELECT 1" --file x.sql
refused --file missing.sql
[ ! -e evil.sqlite ]
retrial query 'SELECT name FROM study'
