# Every named query, of a study in which everything went wrong.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial query --list
retrial query best -s kinds -n 2 | without_seconds
retrial query failures -s kinds --csv | cut -d , -f 1-6,8-
retrial query trials -s kinds --where "x > 1 AND outcome = 'ok'" | cut -c 1-50
retrial query slowest -s kinds --csv --limit 1 | head -n 1
retrial query attempts -s kinds --csv | cut -d , -f 2-5,11
retrial query load -s kinds --json | grep -c '"running"'
retrial query noise -s kinds --by mode --md
retrial query best -s kinds --sql | head -n 3
