# A reader that has enough ends the query, too.
. "$SOURCE/tests/cli/made.bash"
make_noise
retrial query "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n" \
    --csv --seconds 100 | head -n 3 || true
retrial query "SELECT 1" > /dev/full || echo "exit $?"
