# The trials of a study: what varies, and what came of it.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial ls kinds | without_seconds
retrial ls kinds --csv --where "outcome = 'ok' AND x > 1" | cut -d , -f 1-5
retrial ls kinds -n 1 --json | sed 's/, "seconds.*//'
retrial ls "$(id_of kinds | cut -c 1-3)" --limit 2 | wc -l
retrial ls kinds --where "nois > 1" || echo "exit $?"
retrial ls knids || echo "exit $?"
retrial ls --where 1 || echo "exit $?"
