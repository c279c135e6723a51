# A store is copied while a study runs; the copy is whole, has what was recorded by then, and is a
# store of its own in which the study can be completed.
. "$SOURCE/tests/cli/made.bash"
make_study
start_slow
retrial export copy 2>&1 | sed -E 's/^[0-9]+ events/N events/'
retrial --store copy check | sed -E 's/[0-9]+ (events|attempts)/N \1/g'
retrial --store copy query "SELECT count(outcome) AS done FROM slow" --csv
ls -A copy | grep -v lock
stat -c %a copy copy/journal/data.mdb copy/index.sqlite copy/code.git
touch "$GO"
wait $run
retrial --store copy resume slow --quiet 2>&1 | grep -v '^$' || true
retrial --store copy query "SELECT count(outcome) AS done FROM slow" --csv
retrial query "SELECT count(outcome) AS done FROM slow" --csv

echo "== the outputs of the other study came along"
id=$(id_of kinds)
retrial show "$id.4" > shown
retrial --store copy show "$id.4" | diff - shown | grep -v -E '^[<>] *(store|recorded)' | grep -c . || true
cmp <(retrial log "$id.4" 2>&1) <(retrial --store copy log "$id.4" 2>&1) && echo "same output"

echo "== where something is"
tell() { "$@" 2>&1 || echo "exit $?"; }
tell retrial export copy
mkdir empty
tell retrial export empty | sed -E 's/^[0-9]+ events/N events/'
touch file
tell retrial export file
tell retrial export nowhere/at/all | sed -E 's/^[0-9]+ events/N events/'
tell retrial --store nothing export other
ls -d other* 2> /dev/null || echo "nothing was left"
